import type { JsonSchema } from '@cuttle/protocol';
import { closed, NAME, TEXT, when } from './schema-parts.js';

/** Words of a pipeline step; a step has one of them. */
export const STEP_WORDS = ['sync', 'transform', 'test', 'report', 'write_back', 'command', 'branch'] as const;

/** Word of a pipeline step. */
export type StepWord = (typeof STEP_WORDS)[number];

/** JSON Schema of one step of a Pipeline document. */
export function stepSchema(): JsonSchema {
  const oneOrMore = (item: JsonSchema, description: string): JsonSchema => ({
    description,
    type: ['string', 'array'],
    minLength: 1,
    minItems: 1,
    items: item,
  });
  const step = closed({
    sync: oneOrMore(NAME, 'Connections to run, all at the same time.'),
    transform: dbtSchema('dbt project to build: seeds, models, snapshots and tests in their order.'),
    test: dbtSchema('dbt project whose tests run.'),
    report: oneOrMore(TEXT, 'Dashboards to build: files from the repository root.'),
    command: oneOrMore(TEXT, 'A program and its arguments, run in the repository root without a shell.'),
    write_back: closed(
      {
        from: { ...TEXT, description: 'Schema and table whose rows are sent.' },
        destination: { ...NAME, description: 'Destination that gets them.' },
        stream: { ...NAME, description: 'Name of the stream they are sent as.' },
        key: oneOrMore(TEXT, 'Columns that identify a row.'),
      },
      ['from', 'destination', 'stream', 'key'],
      'Rows of a mart back into a system.',
    ),
    branch: {},
  });
  return { ...step, minProperties: 1, maxProperties: 1 };
}

function dbtSchema(description: string): JsonSchema {
  const selection: JsonSchema = {
    type: ['string', 'array'],
    // dbt would take what begins with a dash for an option.
    pattern: '^[^-]',
    items: { ...TEXT, pattern: '^[^-]' },
    description: "dbt's node selection.",
  };
  const settings = closed(
    {
      project: { ...TEXT, description: 'Folder of the dbt project from the repository root.' },
      select: selection,
      exclude: selection,
      vars: { type: 'object', description: 'Variables of dbt.' },
    },
    ['project'],
  );
  return {
    description: `${description} A folder, or a map with more settings.`,
    ...when({ type: 'object' }, settings, TEXT),
  };
}
