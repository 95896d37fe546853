import { type ConnectorInstance, planConnector, resolveConfig, SecretMask } from '@cuttle/project';
import { streamLabel } from '@cuttle/protocol';
import {
  checkConnector,
  discover as discoverStreams,
  type OneShotOptions,
  previewStream,
  processLauncher,
  readSpec,
} from '@cuttle/runner';
import { EXIT } from '../exit-code.js';
import { findProject, type ProjectOptions } from '../project-lookup.js';
import { renderTable } from '../render/table.js';
import { interruption } from '../signals.js';
import { type CommandContext, connectorLogs, writeResult } from './context.js';

/** Options of the commands that run one connector. */
export interface ConnectorOptions extends ProjectOptions {
  readonly target: string;
  readonly role?: 'source' | 'destination';
  readonly verbose?: boolean;
}

/** Prints the spec of a connector. @returns the exit code */
export async function spec(context: CommandContext, name: string, options: ConnectorOptions): Promise<number> {
  const { instance, root } = find(context, name, options);
  const answer = await readSpec(instance, launchOptions(context, options, root));
  writeResult(context, `${JSON.stringify(answer, null, 2)}\n`, { spec: answer });
  return EXIT.ok;
}

/** Tries the config of a source or destination. @returns the exit code */
export async function check(context: CommandContext, name: string, options: ConnectorOptions): Promise<number> {
  const answer = await withConfig(context, name, options, checkConnector);
  const isGood = answer.status === 'SUCCEEDED';
  const word = isGood ? context.colours.green('succeeded') : context.colours.red('failed');
  const reason = answer.message === undefined ? '' : `: ${answer.message}`;
  writeResult(context, `${name}: check ${word}${reason}\n`, { name, ...answer });
  return isGood ? EXIT.ok : EXIT.error;
}

/** Lists the streams of a source. @returns the exit code */
export async function discover(context: CommandContext, name: string, options: ConnectorOptions): Promise<number> {
  const catalog = await withConfig(context, name, { ...options, role: 'source' }, discoverStreams);
  const rows = catalog.streams.map((stream) => [
    streamLabel(stream),
    stream.supported_sync_modes.join(', '),
    (stream.source_defined_primary_key ?? []).map((path) => path.join('.')).join(', '),
    (stream.default_cursor_field ?? []).join('.'),
    String(Object.keys((stream.json_schema['properties'] ?? {}) as object).length),
  ]);
  const titles = ['stream', 'sync modes', 'key', 'cursor'].map((title) => ({ title }));
  const table = renderTable([...titles, { title: 'fields', align: 'right' }], rows);
  writeResult(context, table, { catalog });
  return EXIT.ok;
}

/** Options of `preview`. */
export interface PreviewOptions extends ConnectorOptions {
  readonly stream?: readonly string[];
  readonly limit: number;
}

/** Most columns of a preview table; the rest is counted. */
const MAX_COLUMNS = 8;

/** Shows the first rows of a source's streams. @returns the exit code */
export async function preview(context: CommandContext, name: string, options: PreviewOptions): Promise<number> {
  const previews = await withConfig(context, name, { ...options, role: 'source' }, async (instance, launch) => {
    const { streams } = await discoverStreams(instance, launch);
    const wanted = options.stream ?? [];
    const chosen = streams.filter((stream) => wanted.length === 0 || wanted.includes(streamLabel(stream)));
    const found = [];
    for (const stream of chosen) found.push(await previewStream(instance, stream, options.limit, launch));
    return found;
  });
  const tables = previews.map(({ stream, rows }) => {
    const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const shown = fields.slice(0, MAX_COLUMNS);
    const more = fields.length > shown.length ? ` (${fields.length - shown.length} more fields: use --json)` : '';
    const cells = rows.map((row) => shown.map((field) => cellOf(row[field])));
    const title = `${context.colours.bold(streamLabel(stream))}, first ${rows.length} rows${more}\n`;
    return (
      title +
      (rows.length === 0
        ? ''
        : renderTable(
            shown.map((field) => ({ title: field, maxWidth: 32 })),
            cells,
          ))
    );
  });
  const text = tables.length === 0 ? 'No such stream.\n' : tables.join('\n');
  writeResult(context, text, { streams: previews.map(({ stream, rows }) => ({ name: streamLabel(stream), rows })) });
  return tables.length === 0 ? EXIT.error : EXIT.ok;
}

function cellOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface Found {
  readonly instance: ConnectorInstance;
  readonly root: string;
}

function find(context: CommandContext, name: string, options: ConnectorOptions): Found {
  const project = findProject(options, context.terminal.folder, name, ({ sources, destinations }) => [
    ...(options.role === 'destination' ? [] : sources.keys()),
    ...(options.role === 'source' ? [] : destinations.keys()),
  ]);
  return { instance: planConnector(project, name, options.target, options.role), root: project.root };
}

function launchOptions(context: CommandContext, options: ConnectorOptions, folder: string): OneShotOptions {
  return {
    launcher: processLauncher(process.env),
    folder,
    onLog: connectorLogs(context, options.verbose === true),
  };
}

async function withConfig<Result>(
  context: CommandContext,
  name: string,
  options: ConnectorOptions,
  action: (instance: ConnectorInstance, launch: OneShotOptions) => Promise<Result>,
): Promise<Result> {
  const { instance, root } = find(context, name, options);
  const { config, secrets } = resolveConfig(instance, context.terminal.environment);
  const interrupted = interruption(() => context.terminal.err('Stopping.\n'));
  try {
    const launch = launchOptions(context, options, root);
    const mask = new SecretMask(secrets);
    // Whatever is shown here is a connector's answer, its catalog and rows included; none of it is moved anywhere.
    return mask.applyDeep(await action(instance, { ...launch, config, mask, signal: interrupted.stop }));
  } finally {
    interrupted.release();
  }
}
