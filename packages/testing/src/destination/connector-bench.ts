import type { JsonObject } from '@cuttle/protocol';
import type { ConnectorBench, Place, Workload } from '../connector/profile.js';
import { checked } from '../connector/run-checked.js';
import { makeFolder, removeFolder, writeJson } from '../harness/folder.js';
import { runCommand } from '../harness/run-command.js';
import { type Entry, runEntry } from '../harness/run-entry.js';
import { complete, range, record, state, streamOf } from './fixture.js';

const things = streamOf('things', { id: 'integer', name: 'string' }, { generation: 1 });
const STATE_BYTES = 20_000;

/** A warehouse that a bench opened. */
export interface OpenedWarehouse {
  readonly config: JsonObject;
  close(): Promise<void>;
}

/** What the suites for every connector run a destination with: a small load, and one whose states fill the output. */
export async function openDestinationBench(
  entry: Entry,
  place: Place,
  open: (folder: string) => Promise<OpenedWarehouse>,
): Promise<ConnectorBench> {
  const folder = makeFolder();
  const { config, close } = await open(folder);
  let runs = 0;
  const workload = (input: () => Iterable<string>): Workload => {
    runs += 1;
    const configFile = writeJson(folder, `config-${runs}.json`, config);
    const catalog = writeJson(folder, `catalog-${runs}.json`, { streams: [things] });
    return { args: ['write', '--config', configFile, '--catalog', catalog], input };
  };
  return {
    folder,
    config,
    run: async (args, options) =>
      checked(await (place === 'here' ? runEntry(entry, args, options) : runCommand(entry.command, args, options))),
    small: async () => workload(() => smallInput()),
    large: async (bytes) => workload(() => largeInput(bytes)),
    close: async () => {
      await close();
      removeFolder(folder);
    },
  };
}

function* smallInput(): Generator<string> {
  for (const id of range(10)) yield `${record(things, { id, name: `n${id}` })}\n`;
  yield `${state(things, { id: 9 })}\n${complete(things)}\n`;
}

/** The output of a destination are its states: large ones, each behind a record. */
function* largeInput(bytes: number): Generator<string> {
  const padding = 'x'.repeat(STATE_BYTES);
  for (const id of range(Math.ceil(bytes / STATE_BYTES))) {
    yield `${record(things, { id, name: 'n' })}\n${state(things, { id, padding })}\n`;
  }
  yield `${complete(things)}\n`;
}
