import type { HttpClient, HttpResponse } from '@cuttle/airbyte-cdk';
import { apiKey, type StripeConfig } from './config.js';
import { ACCOUNT_HEADER } from './policy.js';

/** Headers of the vendor's package that go out; the rest (telemetry, its own authorization) does not. */
const FORWARDED = ['Stripe-Version', ACCOUNT_HEADER];

/** What is used of the vendor's package. */
export interface Sdk {
  /** The parsed answer, with its headers under `lastResponse`. Errors of the kit stand under `detail`. */
  rawRequest(
    method: string,
    path: string,
    params: undefined,
    options: { readonly stripeAccount?: string },
  ): Promise<unknown>;
}

/**
 * The `stripe` package, sending by the kit's client: the rules for hosts, redirects, sizes, secrets, budgets and retries
 * are the kit's, and nothing but a usable answer ever reaches the package. Loaded here because `spec` must start without
 * it.
 */
export async function loadSdk(http: HttpClient, config: StripeConfig): Promise<Sdk> {
  const { default: Stripe } = await import('stripe');
  type Options = NonNullable<ConstructorParameters<typeof Stripe>[1]>;
  const httpClient: Options['httpClient'] = {
    getClientName: () => 'cuttle',
    async makeRequest(_host, _port, path, _method, headers) {
      const all: Readonly<Record<string, unknown>> = headers;
      const kept = FORWARDED.flatMap((name) => (typeof all[name] === 'string' ? [[name, all[name]] as const] : []));
      return sdkResponse(await http.get(path, { headers: Object.fromEntries(kept) }));
    },
  };
  return new Stripe(apiKey(config), {
    apiVersion: config.api_version as Options['apiVersion'],
    httpClient,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

function sdkResponse({ status, headers, data }: HttpResponse) {
  return {
    getStatusCode: () => status,
    // Shown to the package, a `stripe-notice` header would be printed by it.
    getHeaders: () => ({}),
    getRawResponse: () => ({ headers }),
    toStream: () => undefined,
    toJSON: async () => data,
  };
}
