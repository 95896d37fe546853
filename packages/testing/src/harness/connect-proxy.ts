import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A proxy of HTTP tunnels on loopback: whatever host is asked for, the connection goes to one server. */
export class ConnectProxy {
  /** Targets that were asked for, `host:port`, with the credential that came along. */
  readonly asked: string[] = [];
  /** Status of the answer to CONNECT; anything but 200 opens no tunnel. */
  status = 200;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#server = http.createServer((_request, response) => {
      this.asked.push('a request without a tunnel');
      response.writeHead(500).end();
    });
    this.#server.on('connect', (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
      this.#keep(socket);
      const { 'proxy-authorization': credential = '' } = request.headers;
      this.asked.push(`${request.url} ${Buffer.from(credential.replace('Basic ', ''), 'base64')}`.trim());
      if (this.status !== 200) {
        socket.end(`HTTP/1.1 ${this.status} No\r\ncontent-length: 2\r\n\r\n{}`);
        return;
      }
      const onward = net.connect(targetPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      this.#keep(onward);
    });
  }

  /** Starts a proxy on a free port. @param targetPort port on loopback that every tunnel ends at */
  static async start(targetPort: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** `127.0.0.1:port`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
  }
}
