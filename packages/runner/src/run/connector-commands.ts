import type { ConnectorInstance } from '@cuttle/project';
import {
  type AirbyteCatalog,
  type ConnectionStatus,
  type ConnectorSpecification,
  decodeCatalog,
  isJsonObject,
  SystemError,
} from '@cuttle/protocol';
import { textOf } from '../pipe/connector-message.js';
import { type OneShotOptions, runOneShot } from './one-shot.js';

/** The spec of a connector. @throws what {@link runOneShot} throws */
export async function readSpec(instance: ConnectorInstance, options: OneShotOptions): Promise<ConnectorSpecification> {
  const { config: _config, ...withoutConfig } = options;
  const spec: unknown = (await runOneShot(instance, 'spec', 'SPEC', withoutConfig)).spec;
  if (isJsonObject(spec) && isJsonObject(spec['connectionSpecification'])) {
    return spec as unknown as ConnectorSpecification;
  }
  throw unreadable(instance, 'spec', 'it has no connectionSpecification');
}

/**
 * Whether a config works; a config that does not is an answer, no error.
 *
 * @throws {SystemError} `CONNECTOR_ANSWER_INVALID` for no status, and what {@link runOneShot} throws
 */
export async function checkConnector(instance: ConnectorInstance, options: OneShotOptions): Promise<ConnectionStatus> {
  const answer: unknown = (await runOneShot(instance, 'check', 'CONNECTION_STATUS', options)).connectionStatus;
  const status = isJsonObject(answer) ? answer['status'] : undefined;
  if (!isJsonObject(answer) || (status !== 'SUCCEEDED' && status !== 'FAILED')) {
    throw unreadable(instance, 'check', 'it says neither SUCCEEDED nor FAILED');
  }
  const message = textOf(answer['message']);
  return message === undefined ? { status } : { status, message };
}

/** What a source can read. @throws {ConfigError} `CATALOG_INVALID` for what is no catalog, and what {@link runOneShot} throws */
export async function discover(instance: ConnectorInstance, options: OneShotOptions): Promise<AirbyteCatalog> {
  const { catalog } = await runOneShot(instance, 'discover', 'CATALOG', options);
  return decodeCatalog(catalog);
}

function unreadable(instance: ConnectorInstance, command: string, reason: string): SystemError {
  return new SystemError(
    `The answer of ${instance.role} "${instance.name}" to "${command}" cannot be read: ${reason}.`,
    { code: 'CONNECTOR_ANSWER_INVALID' },
  );
}
