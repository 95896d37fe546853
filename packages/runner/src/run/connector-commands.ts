import type { ConnectorInstance } from '@cuttle/project';
import type { AirbyteCatalog, ConnectionStatus, ConnectorSpecification } from '@cuttle/protocol';
import { type OneShotOptions, runOneShot } from './one-shot.js';

/** The spec of a connector. @throws what {@link runOneShot} throws */
export async function readSpec(instance: ConnectorInstance, options: OneShotOptions): Promise<ConnectorSpecification> {
  const { config: _config, ...withoutConfig } = options;
  return (await runOneShot(instance, 'spec', 'SPEC', withoutConfig)).spec;
}

/** Whether a config works; a config that does not is an answer, no error. @throws what {@link runOneShot} throws */
export async function checkConnector(instance: ConnectorInstance, options: OneShotOptions): Promise<ConnectionStatus> {
  return (await runOneShot(instance, 'check', 'CONNECTION_STATUS', options)).connectionStatus;
}

/** What a source can read. @throws what {@link runOneShot} throws */
export async function discover(instance: ConnectorInstance, options: OneShotOptions): Promise<AirbyteCatalog> {
  return (await runOneShot(instance, 'discover', 'CATALOG', options)).catalog;
}
