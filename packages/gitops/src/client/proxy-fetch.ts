import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import { isLoopbackHost } from '@cuttle/protocol';
import { getProxyForUrl } from 'proxy-from-env';

/**
 * `fetch` that goes through the proxy which HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name for an address: Node's
 * own does not look at them. Redirects are not followed. The proxy sees host and port (CONNECT), for http as well.
 */
export const proxyFetch: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const proxy = isLoopbackHost(url.hostname) ? '' : getProxyForUrl(url.href);
  return proxy === '' ? fetch(input, init) : throughProxy(url, proxy, init ?? {});
};

async function throughProxy(url: URL, proxy: string, init: RequestInit): Promise<Response> {
  const [{ HttpsProxyAgent }, { request: overHttp }, { request: overHttps }] = await Promise.all([
    import('https-proxy-agent'),
    import('node:http'),
    import('node:https'),
  ]);
  const options: RequestOptions = {
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    agent: new HttpsProxyAgent(proxy),
    ...(init.signal == null ? {} : { signal: init.signal }),
  };
  const request = url.protocol === 'http:' ? overHttp(url, options) : overHttps(url, options);
  return toResponse(await answerTo(request, init.body));
}

function answerTo(request: ClientRequest, body: RequestInit['body']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(typeof body === 'string' ? body : undefined);
  });
}

function toResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, headers });
}
