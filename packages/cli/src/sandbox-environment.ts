import type { Sandbox, SandboxOptions } from '@cuttle/sandbox';

/** Starts the stand-ins; the package is loaded here only, because nothing else needs it. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { startSandbox } = await import('@cuttle/sandbox');
  return startSandbox(options);
}

/** What the target `demo` of the Novel stack reads from the environment. */
export function sandboxEnvironment(sandbox: Sandbox): { readonly [name: string]: string } {
  return {
    CUTTLE_SANDBOX_BUBBLE_URL: sandbox.bubble.baseUrl,
    CUTTLE_SANDBOX_BUBBLE_TOKEN: sandbox.bubble.token,
    CUTTLE_SANDBOX_BIGQUERY_URL: sandbox.bigquery.baseUrl,
    CUTTLE_SANDBOX_BIGQUERY_PROJECT: sandbox.bigquery.project,
    CUTTLE_SANDBOX_BIGQUERY_DATASET: sandbox.bigquery.dataset,
    CUTTLE_SANDBOX_BIGQUERY_CREDENTIALS: JSON.stringify(sandbox.bigquery.serviceAccount),
    CUTTLE_SANDBOX_STRIPE_URL: sandbox.stripe.baseUrl,
    CUTTLE_SANDBOX_STRIPE_ACCOUNT: sandbox.stripe.accountId,
    CUTTLE_SANDBOX_STRIPE_KEY: sandbox.stripe.key,
    CUTTLE_SANDBOX_FACEBOOK_URL: sandbox.facebook.baseUrl,
    CUTTLE_SANDBOX_FACEBOOK_ACCOUNT: sandbox.facebook.accountId,
    CUTTLE_SANDBOX_FACEBOOK_TOKEN: sandbox.facebook.token,
  };
}
