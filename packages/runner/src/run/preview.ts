import type { ConnectorInstance } from '@cuttle/project';
import { type AirbyteStream, type JsonObject, SystemError, streamLabel } from '@cuttle/protocol';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import { PrivateFiles } from '../process/private-files.js';
import type { OneShotOptions } from './one-shot.js';
import { readRecords } from './read-records.js';

/** The first rows of a stream. */
export interface StreamPreview {
  readonly stream: AirbyteStream;
  readonly rows: readonly JsonObject[];
}

/**
 * Reads the first rows of a stream and stops the source then. Nothing is written anywhere and no state is kept. Numbers
 * are JavaScript numbers here: digits above 2^53 are rounded for display.
 *
 * @param limit rows
 * @throws {ConfigError | TransientError | SystemError} the source's own error, when it comes before the first row
 */
export async function previewStream(
  instance: ConnectorInstance,
  stream: AirbyteStream,
  limit: number,
  options: OneShotOptions,
): Promise<StreamPreview> {
  const files = new PrivateFiles();
  try {
    const configured = {
      stream,
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
      cursor_field: stream.default_cursor_field ?? [],
      primary_key: stream.source_defined_primary_key ?? [],
    };
    const given = {
      config: files.write('config.json', JSON.stringify(options.config ?? {})),
      catalog: files.write('catalog.json', JSON.stringify({ streams: [configured] })),
    };
    const child = options.launcher.start({ instance, command: 'read', files: given, folder: options.folder });
    const running = new ConnectorProcess(child, `${instance.role} "${instance.name}"`);
    return { stream, rows: await readRows(running, stream, limit, options) };
  } finally {
    files.remove();
  }
}

async function readRows(
  running: ConnectorProcess,
  stream: AirbyteStream,
  limit: number,
  options: OneShotOptions,
): Promise<readonly JsonObject[]> {
  const { records, exit, failure } = await readRecords(running, limit, options);
  if (records.length === 0 && exit.code !== 0) {
    const message = `The source ended with ${describeExit(exit)} before the first row of "${streamLabel(stream)}".`;
    throw failure ?? new SystemError(message, { code: 'CONNECTOR_SILENT' });
  }
  return records.slice(0, limit).map(({ data }) => data);
}
