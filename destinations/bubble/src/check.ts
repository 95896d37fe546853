import { HOST_UNREACHABLE, type HttpClient } from '@cuttle/airbyte-cdk';
import { ConfigError, type KnownError, TransientError } from '@cuttle/protocol';
import { ThingApi } from './api.js';
import type { BubbleConfig, StreamConfig } from './config.js';
import { Ledger } from './ledger.js';

/**
 * Asks for the fields of each type and for the rights to change and delete, without changing anything. That things may
 * be created shows only when one is.
 *
 * @throws {ConfigError} naming the stream, the field or the right
 */
export async function checkConfig(config: BubbleConfig, http: HttpClient): Promise<void> {
  new Ledger(config.ledger_path).probe();
  try {
    for (const stream of config.streams) await checkStream(stream, config, http);
  } catch (error) {
    // While somebody types in an address, a host that cannot be reached is a wrong address.
    if (!(error instanceof TransientError) || (error as KnownError).code !== HOST_UNREACHABLE) throw error;
    throw new ConfigError((error as Error).message, { code: HOST_UNREACHABLE });
  }
}

async function checkStream(settings: StreamConfig, config: BubbleConfig, http: HttpClient): Promise<void> {
  const { stream, bubble_type: type, mapping, match, mode, delete_behavior: behavior } = settings;
  const key = match === undefined || match.bubble_field === '_id' ? [] : [match.bubble_field];
  const fields = new Set([...mapping.map(({ to }) => to), ...key]);
  const api = new ThingApi(http, type);
  const problem = await api.probeFields([...fields]);
  if (problem !== undefined) {
    const message = `Stream "${stream}": type "${type}" does not fit the mapping: ${problem}.`;
    throw new ConfigError(message, { code: 'FIELD_NOT_FOUND' });
  }
  if (mode !== 'insert' && match !== undefined) await api.probeRight('Modify via API');
  if (behavior === 'delete' && config.allow_delete) await api.probeRight('Delete via API');
}
