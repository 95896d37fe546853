import { openSession, type RemoteRun, syncRemote } from '@cuttle/gitops';
import { type Project, planPipeline } from '@cuttle/project';
import { EXIT } from '../../exit-code.js';
import { count } from '../../render/quantity.js';
import { renderTable } from '../../render/table.js';
import { interruption } from '../../signals.js';
import { type CommandContext, writeResult } from '../context.js';
import { sessionOptions, type TargetOptions } from './open-target.js';

/** Starts syncs on an Airbyte target, step by step, and follows them. @returns the exit code */
export async function runRemote(
  context: CommandContext,
  project: Project,
  name: string,
  options: TargetOptions,
): Promise<number> {
  const { terminal } = context;
  const steps = planPipeline(project, name);
  const session = await openSession(project, sessionOptions(context, options));
  const interrupted = interruption(() => terminal.err('No longer following; the jobs go on in Airbyte.\n'));
  const runs: RemoteRun[] = [];
  const show = ({ connection, job }: RemoteRun): void => {
    const rows = job.rows === undefined ? '' : `, ${count(job.rows)} rows`;
    terminal.err(`${connection}: job ${job.id} ${job.status}${rows}\n`);
  };
  try {
    for (const { connections, action } of steps) {
      if (action !== undefined) {
        terminal.err(`The ${action.kind} step is left out: Airbyte moves data only.\n`);
        continue;
      }
      runs.push(...(await syncRemote(session, connections, show, interrupted.stop)));
      if (interrupted.stop.aborted || runs.some(({ job }) => job.status !== 'succeeded')) break;
    }
  } finally {
    interrupted.release();
  }
  const rows = runs.map(({ connection, job }) => [
    connection,
    String(job.id),
    job.rows === undefined ? '' : count(job.rows),
    job.status,
  ]);
  const titles = [
    { title: 'connection' },
    { title: 'job', align: 'right' as const },
    { title: 'rows', align: 'right' as const },
    { title: 'result' },
  ];
  writeResult(context, renderTable(titles, rows), { name, target: session.target.name, runs });
  if (interrupted.stop.aborted) return EXIT.cancelled;
  const good = runs.filter(({ job }) => job.status === 'succeeded').length;
  return good === runs.length ? EXIT.ok : good > 0 ? EXIT.partial : EXIT.error;
}
