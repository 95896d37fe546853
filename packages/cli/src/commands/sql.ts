import { planConnection } from '@cuttle/project';
import { streamLabel } from '@cuttle/protocol';
import { previewStatements, processLauncher, type StreamStatements } from '@cuttle/runner';
import { EXIT } from '../exit-code.js';
import { findProject, type ProjectOptions } from '../project-lookup.js';
import { interruption } from '../signals.js';
import { type CommandContext, connectorLogs, writeResult } from './context.js';

/** Options of `sql`. */
export interface SqlOptions extends ProjectOptions {
  readonly target: string;
  readonly stream?: readonly string[];
  readonly verbose?: boolean;
}

/** Prints what the destination of a connection would run. @returns the exit code */
export async function sql(context: CommandContext, name: string, options: SqlOptions): Promise<number> {
  const { terminal } = context;
  const project = findProject(options, terminal.folder, name, ({ connections }) => connections.keys());
  const interrupted = interruption(() => terminal.err('Stopping.\n'));
  try {
    const found = await previewStatements(planConnection(project, name, options.target), {
      launcher: processLauncher(process.env),
      environment: terminal.environment,
      streams: options.stream ?? [],
      signal: interrupted.stop,
      onLog: connectorLogs(context, options.verbose === true),
    });
    const streams = found.map(({ stream, statements }) => ({ ...stream, statements }));
    writeResult(context, found.map(render).join('\n'), { connection: name, target: options.target, streams });
    return EXIT.ok;
  } finally {
    interrupted.release();
  }
}

/** A script: statements end in a semicolon, the stream stands in a comment. */
function render({ stream, statements }: StreamStatements): string {
  const title = `-- ${streamLabel(stream).replaceAll(/\s/g, ' ')}: ${statements.length} statements\n`;
  return title + statements.map((statement) => `${statement};\n`).join('');
}
