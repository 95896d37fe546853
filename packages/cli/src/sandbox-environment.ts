import type { Sandbox, SandboxOptions } from '@cuttle/sandbox';

/** The database of the Snowflake emulator that `cuttle sandbox` creates. */
const SNOWFLAKE_DATABASE = 'NOVEL';

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

/**
 * What a target of type `airbyte` and a destination `snowflake-merge` need to use the emulators of Airbyte and Snowflake.
 * The workspace holds the Novel stack as somebody made it in the UI; the database is empty.
 */
export function emulatorEnvironment({ airbyte, snowflake }: Sandbox): { readonly [name: string]: string } {
  const { settings, workspaces } = airbyte.server.store;
  snowflake.account.createDatabase(SNOWFLAKE_DATABASE);
  return {
    CUTTLE_SANDBOX_AIRBYTE_URL: airbyte.url,
    CUTTLE_SANDBOX_AIRBYTE_WORKSPACE: workspaces[0]?.name ?? '',
    CUTTLE_SANDBOX_AIRBYTE_CLIENT_ID: settings.clientId,
    CUTTLE_SANDBOX_AIRBYTE_CLIENT_SECRET: settings.clientSecret,
    CUTTLE_SANDBOX_SNOWFLAKE_URL: snowflake.host,
    CUTTLE_SANDBOX_SNOWFLAKE_ACCOUNT: 'SANDBOX',
    CUTTLE_SANDBOX_SNOWFLAKE_USER: snowflake.username,
    CUTTLE_SANDBOX_SNOWFLAKE_PASSWORD: snowflake.password,
    CUTTLE_SANDBOX_SNOWFLAKE_WAREHOUSE: [...snowflake.account.warehouses][0] ?? '',
    CUTTLE_SANDBOX_SNOWFLAKE_DATABASE: SNOWFLAKE_DATABASE,
  };
}
