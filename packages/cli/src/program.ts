import { DEFAULT_TARGET } from '@cuttle/project';
import { Command, InvalidArgumentError, Option } from 'commander';
import { addAirbyteCommands } from './airbyte-program.js';
import { bump } from './commands/bump.js';
import { check, discover, preview, spec } from './commands/connector.js';
import type { CommandContext } from './commands/context.js';
import { demo } from './commands/demo.js';
import { fmt } from './commands/fmt.js';
import { init } from './commands/init.js';
import { run } from './commands/run.js';
import { runPart } from './commands/run-part.js';
import { sandbox } from './commands/sandbox.js';
import { sql } from './commands/sql.js';
import { status } from './commands/status.js';
import { validate } from './commands/validate.js';
import { paint, type Terminal } from './terminal.js';

/** The command line; `finish` gets the exit code of the command that ran. */
export function buildProgram(terminal: Terminal, version: string, finish: (code: number) => void): Command {
  const program = new Command('cuttle')
    .description('Airbyte connectors and connections as code, with or without Airbyte.')
    .version(version)
    .showHelpAfterError('(`cuttle --help` lists the commands)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .exitOverride();
  const colours = paint(terminal);
  const context = (options: object): CommandContext => ({
    terminal,
    colours,
    isJson: 'json' in options && options.json === true,
  });
  addProjectCommands(program, context, finish);
  addAirbyteCommands(program, { context, finish, command: projectCommand });
  addConnectorCommands(program, context, finish);
  addImageCommands(program, context, finish);
  addSandboxCommands(program, context, finish);
  return program;
}

type Finish = (code: number) => void;
type MakeContext = (options: object) => CommandContext;

const EXIT_CODES = `
Exit codes: 0 ok, 1 error, 2 changes (with --detailed-exitcode), 3 partial, 4 documents not valid,
5 credentials rejected, 6 refused by protection, 7 locked by another run.
stdout holds the result, stderr the progress. NO_COLOR and output that is no terminal are respected.`;

const SQL_NOTE = `
The source is asked for its streams; the destination connects nowhere. The statements are those of one invented record
of each stream into a warehouse that has no table yet: a later sync creates nothing, and key ranges and names of files differ.`;

const TARGET = new Option('-t, --target <name>', 'target of the project').default(DEFAULT_TARGET);

function command(program: Command, usage: string, description: string, examples: readonly string[]): Command {
  return program
    .command(usage)
    .description(description)
    .option('--json', 'write the result as JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

function projectCommand(program: Command, usage: string, description: string, examples: readonly string[]): Command {
  return command(program, usage, description, examples)
    .option('-C, --dir <folder>', 'folder of the documents; default: `connections`, here or above')
    .option('-p, --project <stack>', 'stack to look in; default: all');
}

function addProjectCommands(program: Command, context: MakeContext, finish: Finish): void {
  command(program, 'init <name>', 'Write a first project from the specs of two connectors', [
    'cuttle init shop --source bubble --destination duckdb',
  ])
    .requiredOption('-s, --source <connector>', 'source connector, such as bubble')
    .option('-d, --destination <connector>', 'destination connector', 'duckdb')
    .action((name: string, options) => finish(init(context(options), name, options)));
  projectCommand(program, 'validate', 'Check all documents, offline', [
    'cuttle validate',
    'cuttle validate --project novel --json',
  ])
    .option('--offline', 'reach no server; it never does, this says so in scripts')
    .action((options) => finish(validate(context(options), options)));
  projectCommand(program, 'fmt', 'Write all documents in their canonical form', ['cuttle fmt', 'cuttle fmt --check'])
    .option('--check', 'change nothing; exit with 1 when something would change')
    .action((options) => finish(fmt(context(options), options)));
  projectCommand(program, 'run <name>', 'Run a pipeline or a connection', [
    'cuttle run novel',
    'cuttle run "bubble to duckdb" --target demo',
    'cuttle run "bubble to snowflake" --target prod',
    'cuttle run novel --json > result.json',
  ])
    .addOption(TARGET)
    .option('-v, --verbose', 'show the logs of the connectors')
    .option('--images', 'start the images of the connectors with docker, not their paths')
    .option('--parallel <count>', 'connections of a step that run at the same time', positive)
    .option('--resume', 'leave out the steps that the last run had done before it failed')
    .action(async (name: string, options) => finish(await run(context(options), name, options)));
  addSqlCommand(program, context, finish);
  addPartCommand(program, 'transform', 'Run the dbt steps of a pipeline', context, finish);
  addPartCommand(program, 'report', 'Build the dashboards of a pipeline', context, finish);
  projectCommand(program, 'status', 'Show the last run and the state of each connection', [
    'cuttle status',
    'cuttle status --target demo --json',
  ])
    .addOption(TARGET)
    .action((options) => finish(status(context(options), options)));
}

function addSqlCommand(program: Command, context: MakeContext, finish: Finish): void {
  projectCommand(program, 'sql <connection>', 'Print the statements that a first sync would run', [
    'cuttle sql "bubble to duckdb"',
    'cuttle sql "bubble to duckdb" --target prod --stream order',
    'cuttle sql "stripe to duckdb" --json',
  ])
    .addOption(TARGET)
    .option('-s, --stream <name...>', 'streams to print; default: all of the connection')
    .option('-v, --verbose', 'show the logs of the connectors')
    .addHelpText('after', SQL_NOTE)
    .action(async (name: string, options) => finish(await sql(context(options), name, options)));
}

/** A command that runs some steps of a pipeline. */
function addPartCommand(
  program: Command,
  part: 'transform' | 'report',
  description: string,
  context: MakeContext,
  finish: Finish,
): void {
  projectCommand(program, `${part} <pipeline>`, description, [`cuttle ${part} novel`, `cuttle ${part} novel --json`])
    .addOption(TARGET)
    .option('-v, --verbose', 'show what is printed meanwhile')
    .action(async (name: string, options) => finish(await runPart(context(options), part, name, options)));
}

function addConnectorCommands(program: Command, context: MakeContext, finish: Finish): void {
  const connectorCommand = (usage: string, description: string, examples: readonly string[]): Command =>
    projectCommand(program, usage, description, examples)
      .addOption(TARGET)
      .option('-v, --verbose', 'show the logs of the connector');
  const role = new Option('--role <role>', 'which one, when a source and a destination share the name').choices([
    'source',
    'destination',
  ]);
  connectorCommand('spec <name>', 'Print the spec of a source or destination', ['cuttle spec bubble'])
    .addOption(role)
    .action(async (name: string, options) => finish(await spec(context(options), name, options)));
  connectorCommand('check <name>', 'Try the config of a source or destination', [
    'cuttle check bubble',
    'cuttle check duckdb-local --json',
  ])
    .addOption(role)
    .action(async (name: string, options) => finish(await check(context(options), name, options)));
  connectorCommand('discover <name>', 'List the streams of a source', [
    'cuttle discover bubble',
    'cuttle discover bubble --json > catalog.json',
  ]).action(async (name: string, options) => finish(await discover(context(options), name, options)));
  connectorCommand('preview <name>', 'Show the first rows of a source as tables', [
    'cuttle preview bubble --stream order --limit 5',
    'cuttle preview ga4-events --target demo --json',
  ])
    .option('-s, --stream <name...>', 'streams to show; default: all')
    .option('-n, --limit <rows>', 'rows of each stream', positive, 10)
    .action(async (name: string, options) => finish(await preview(context(options), name, options)));
}

function addImageCommands(program: Command, context: MakeContext, finish: Finish): void {
  const connectors = program
    .command('connectors')
    .description('Change the images of the Connectors documents')
    .addHelpText('after', '\nExamples:\n  $ cuttle connectors bump --check --json');
  projectCommand(connectors, 'bump [names...]', 'Write new tags of images into the documents', [
    'cuttle connectors bump',
    'cuttle connectors bump bubble --tag 1.4.0',
    'cuttle connectors bump --check',
  ])
    .option('--tag <tag>', 'tag to write; default: the version of the connector in its folder')
    .option('--check', 'change nothing; exit with 1 when something would change')
    .action((names: string[], options) => finish(bump(context(options), names, options)));
}

function addSandboxCommands(program: Command, context: MakeContext, finish: Finish): void {
  command(program, 'sandbox', 'Serve stand-ins of the remote systems until Ctrl-C', [
    'cuttle sandbox',
    'cuttle sandbox --port 8123 --scenario awkward',
  ])
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', port, 0)
    .option('--seed <number>', 'seed of the data', positive, 1)
    .addOption(
      new Option('--scenario <name>', 'clean data, or what real shops have')
        .choices(['published', 'awkward'])
        .default('published'),
    )
    .action(async (options) => finish(await sandbox(context(options), options)));
  command(program, 'demo', 'Run the Novel stack against the stand-ins into DuckDB', ['cuttle demo'])
    .option('-v, --verbose', 'show the logs of the connectors')
    .option('--images', 'start the images of the connectors with docker, not their paths')
    .action(async (options) => finish(await demo(context(options), options)));
}

function positive(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}

function port(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return Number(text);
}
