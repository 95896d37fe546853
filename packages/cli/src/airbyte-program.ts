import { type Command, Option } from 'commander';
import { apply, destroy } from './commands/airbyte/apply.js';
import { doctor } from './commands/airbyte/doctor.js';
import { drift } from './commands/airbyte/drift.js';
import { importCommand } from './commands/airbyte/import.js';
import { plan } from './commands/airbyte/plan.js';
import { stateExport, stateRestore } from './commands/airbyte/state.js';
import type { CommandContext } from './commands/context.js';

/** What the commands are made with. */
export interface ProgramParts {
  readonly context: (options: object) => CommandContext;
  readonly finish: (code: number) => void;
  /** Makes a command that takes a folder and a stack. */
  readonly command: (program: Command, usage: string, description: string, examples: readonly string[]) => Command;
}

const TARGET = new Option('-t, --target <name>', 'Airbyte target of the project; default: the only one');
const ALLOW = new Option('--allow-destroy <name...>', 'lift the protection of these');

/** The commands that speak to an Airbyte server. */
export function addAirbyteCommands(program: Command, parts: ProgramParts): void {
  addPlanCommands(program, parts);
  addOtherCommands(program, parts);
  addStateCommands(program, parts);
}

function shaped(command: Command): Command {
  return command
    .addOption(TARGET)
    .option('--prune', 'also destroy what is managed and no longer in the documents')
    .addOption(ALLOW)
    .option('--rotate-secrets [name...]', 'send secrets again: all, or by variable or source')
    .option('--backfill [stream...]', 'read changed streams again: those the plan flags, or by name')
    .option('--refresh-schema', 'discover every source again; otherwise only where a connection changes')
    .option('-l, --selector <text>', 'only things whose key holds this text');
}

function addPlanCommands(program: Command, { context, finish, command }: ProgramParts): void {
  shaped(
    command(program, 'plan', 'Show what apply would change in Airbyte', [
      'cuttle plan',
      'cuttle plan --out plan.json --md plan.md --detailed-exitcode',
    ]),
  )
    .option('--out <file>', 'save the plan for apply; it holds no secrets')
    .option('--md <file>', 'write it as Markdown for a pull request')
    .option('--detailed-exitcode', 'exit with 2 when there are changes, or others changed what apply leaves alone')
    .action(async (options) => finish(await plan(context(options), options)));
  shaped(
    command(program, 'apply [planfile]', 'Change Airbyte to what the documents say', [
      'cuttle apply',
      'cuttle apply plan.json --auto-approve',
      'cuttle apply --backfill=charges',
    ]),
  )
    .option('--auto-approve', 'ask nobody')
    .option('--no-check', 'do not try the connectors before they are wired')
    .option('--sync-changed', 'start a sync of each connection that changed')
    .option('--wait', 'wait for the jobs that were started')
    .action(async (file: string | undefined, options) => finish(await apply(context(options), file, options)));
  command(program, 'drift', 'Show what somebody changed in Airbyte', ['cuttle drift --detailed-exitcode'])
    .addOption(TARGET)
    .option('--detailed-exitcode', 'exit with 2 when there is drift')
    .action(async (options) => finish(await drift(context(options), options)));
}

function addOtherCommands(program: Command, { context, finish, command }: ProgramParts): void {
  command(program, 'import [names...]', 'Write documents of what is in Airbyte', [
    'cuttle import --all',
    'cuttle import source/stripe-ext',
    'cuttle import source/bubble --id 2c96c852-3f12-41a0-8c8a-974a8794e639',
  ])
    .addOption(TARGET)
    .option('--all', 'everything in the workspace')
    .option('--id <id>', 'which one, when several have the name; kept in the lock')
    .action(async (names: string[], options) => finish(await importCommand(context(options), names, options)));
  command(program, 'destroy <names...>', 'Destroy things in Airbyte, with everything that hangs on them', [
    'cuttle destroy "old connection"',
    'cuttle destroy source/old --allow-destroy old --auto-approve',
  ])
    .addOption(TARGET)
    .addOption(ALLOW)
    .option('--auto-approve', 'ask nobody')
    .action(async (names: string[], options) => finish(await destroy(context(options), names, options)));
  command(program, 'doctor', 'Look at everything that the commands need', [
    'cuttle doctor',
    'cuttle doctor --target prod',
  ])
    .addOption(TARGET)
    .action(async (options) => finish(await doctor(context(options), options)));
}

function addStateCommands(program: Command, { context, finish, command }: ProgramParts): void {
  const state = program
    .command('state')
    .description('Export or restore the cursors of a connection')
    .option('--json', 'write the result as JSON')
    .addHelpText('after', '\nExamples:\n  $ cuttle state export bubble-to-snowflake --out state.json');
  command(state, 'export <connection>', 'Write the cursors to a file', [
    'cuttle state export bubble-to-snowflake --out state.json',
  ])
    .option('-t, --target <name>', 'target; default: the only Airbyte target, else local')
    .option('--out <file>', 'file; default: stdout')
    .action(async (name: string, options) => finish(await stateExport(context(options), name, options)));
  command(state, 'restore <connection> <file>', 'Write the cursors back', [
    'cuttle state restore bubble-to-snowflake state.json',
  ])
    .option('-t, --target <name>', 'target; default: the only Airbyte target, else local')
    .action(async (name: string, file: string, options) =>
      finish(await stateRestore(context(options), name, file, options)),
    );
}
