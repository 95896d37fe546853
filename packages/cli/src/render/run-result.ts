import { streamLabel } from '@cuttle/protocol';
import type { ActionResult, PipelineResult, RunResult } from '@cuttle/runner';
import type { Paint } from '../terminal.js';
import { visible } from '../terminal-text.js';
import { byteSize, count, duration, rate } from './quantity.js';
import { renderTable } from './table.js';

/** The table of what a pipeline moved: connection, stream, rows, bytes, seconds, rows per second, state. */
export function renderRuns(result: PipelineResult, colours: Paint): string {
  const rows = result.runs.flatMap(rowsOf);
  const table = renderTable(
    [
      { title: 'connection' },
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'rows/s', align: 'right' },
      { title: 'result' },
    ],
    rows,
  );
  const skipped = result.skipped.map((name) => `Not begun, because a step before failed: ${name}\n`).join('');
  const summary = result.runs.map((run) => `${summaryOf(run, colours)}\n`).join('');
  const reused = result.reused.map((name) => `Done before: ${name}\n`).join('');
  const actions = result.actions.map((action) => actionText(action, colours)).join('');
  return `${rows.length === 0 ? '' : `${table}\n`}${reused}${summary}${actions}${skipped}`;
}

function actionText(action: ActionResult, colours: Paint): string {
  const word = action.outcome === 'succeeded' ? colours.green(action.outcome) : colours.red(action.outcome);
  const lines = action.errors.flatMap((text) => text.split('\n'));
  const errors = lines.map((line) => `  ${visible(line)}\n`).join('');
  return `${action.name}: ${word}, ${action.summary} in ${duration(action.elapsedMs)}\n${errors}`;
}

function rowsOf(run: RunResult): readonly (readonly string[])[] {
  return run.streams.map((stream) => [
    run.connection,
    streamLabel(stream.destination),
    count(stream.records - stream.filtered),
    byteSize(stream.bytes),
    (stream.elapsedMs / 1000).toFixed(2),
    rate(stream.records, stream.elapsedMs),
    stream.isComplete ? 'complete' : 'incomplete',
  ]);
}

function summaryOf(run: RunResult, colours: Paint): string {
  const records = run.streams.reduce((sum, stream) => sum + stream.records - stream.filtered, 0);
  const moved = `${count(records)} rows in ${duration(run.elapsedMs)}`;
  const word = run.outcome === 'succeeded' ? colours.green(run.outcome) : colours.red(run.outcome);
  const log = run.outcome === 'succeeded' || run.logFile === undefined ? '' : colours.dim(` log: ${run.logFile}`);
  return `${run.connection}: ${word}, ${moved}${log}`;
}
