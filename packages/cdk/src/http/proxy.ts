import type { Agent, AgentOptions, ClientRequest } from 'node:http';
import { ConfigError, isLoopbackHost } from '@cuttle/protocol';
import type { HttpsProxyAgent as ProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

/**
 * Proxies of the environment: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not. A proxy is asked for a
 * tunnel (CONNECT), for http as well, so that it sees host and port and nothing of a request.
 */

/** Address of the proxy for a URL; undefined without one, and for this machine itself. */
export function proxyFor(url: URL): string | undefined {
  const proxy = isLoopbackHost(url.hostname) ? '' : getProxyForUrl(url.href);
  return proxy === '' ? undefined : proxy;
}

/** Passwords in the addresses of proxies: they must stand in no message. */
export function proxySecrets(environment: NodeJS.ProcessEnv): readonly string[] {
  const addresses = Object.entries(environment).flatMap(([name, value]) =>
    /_proxy$/i.test(name) ? [value ?? ''] : [],
  );
  return addresses.flatMap((address) => {
    const password = URL.canParse(address) ? new URL(address).password : '';
    return password === '' ? [] : [password, decoded(password)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Sockets through a proxy. What it refuses is an error of its own, never an answer of the remote system.
 *
 * @throws {ConfigError} `PROXY_INVALID` for an address that is none; by the sockets: `PROXY_REFUSED`
 */
export async function tunnelAgent(proxy: string, options: AgentOptions): Promise<Agent> {
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) {
    throw new ConfigError(
      'The environment names a proxy whose address is no URL of http or https. Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY.',
      { code: 'PROXY_INVALID' },
    );
  }
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  class Tunnel extends HttpsProxyAgent<string> {
    override async connect(request: ClientRequest, target: Parameters<ProxyAgent<string>['connect']>[1]) {
      let status = 200;
      request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
        status = answer.statusCode;
      });
      const socket = await super.connect(request, target);
      if (status === 200) return socket;
      socket.destroy();
      throw refusal(new URL(proxy).host, String(target.host), status);
    }
  }
  return new Tunnel(proxy, options);
}

/** A status below 500 stays the same when it is asked again. */
function refusal(proxy: string, host: string, status: number): Error {
  if (status >= 500) return Object.assign(new Error('the proxy has no connection'), { code: `PROXY_${status}` });
  const advice = status === 407 ? 'Are user and password in HTTPS_PROXY right?' : 'Does it allow this host?';
  return new ConfigError(`The proxy ${proxy} refused a connection to ${host} (status ${status}). ${advice}`, {
    code: 'PROXY_REFUSED',
  });
}
