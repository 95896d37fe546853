import type { ConnectorInstance } from '@cuttle/project';

/** Variables that say where things lie and how the machine is set up. They hold no secret of another program. */
const MACHINE = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'TZ', 'LANG', 'LANGUAGE'];

/** How the network is reached. A proxy's address may hold a password: it is for whoever has to use the proxy. */
const PROXY = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** Certificate authorities that a company adds: of Node, OpenSSL, Python and curl. */
const AUTHORITIES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

const ALWAYS: ReadonlySet<string> = new Set([...MACHINE, ...PROXY, ...AUTHORITIES]);

/** What of it means something in a container: its paths and its user are its own. */
const IN_CONTAINER: ReadonlySet<string> = new Set(['TZ', 'LANG', 'LANGUAGE', ...PROXY]);

/**
 * The environment of a connector's process: the machine, proxies and certificate authorities, and what the entry of the
 * Connectors document lists as `environment`. Secrets of this process stay here; those of the connector are in its config.
 */
export function connectorEnvironment(environment: NodeJS.ProcessEnv, instance: ConnectorInstance): NodeJS.ProcessEnv {
  return pick(environment, namesFor(environment, instance, ALWAYS));
}

/** Names of the variables that enter a connector's container. */
export function containerVariables(environment: NodeJS.ProcessEnv, instance: ConnectorInstance): readonly string[] {
  return namesFor(environment, instance, IN_CONTAINER);
}

function namesFor(
  environment: NodeJS.ProcessEnv,
  { connector }: ConnectorInstance,
  always: ReadonlySet<string>,
): readonly string[] {
  const listed = new Set(connector.environment);
  // Proxies are written in small letters, too; Windows does not tell the cases apart.
  return Object.keys(environment).filter(
    (name) => always.has(name.toUpperCase()) || name.startsWith('LC_') || listed.has(name),
  );
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
