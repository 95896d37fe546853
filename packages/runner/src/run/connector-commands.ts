import type { ConnectorInstance } from '@cuttle/project';
import {
  type AirbyteCatalog,
  type ConnectionStatus,
  type ConnectorSpecification,
  requireDistinctStreams,
} from '@cuttle/protocol';
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

/** What a source can read. @throws {ConfigError} `CATALOG_INVALID` for one stream twice, and what {@link runOneShot} throws */
export async function discover(instance: ConnectorInstance, options: OneShotOptions): Promise<AirbyteCatalog> {
  const { catalog } = await runOneShot(instance, 'discover', 'CATALOG', options);
  requireDistinctStreams(catalog.streams);
  return catalog;
}
