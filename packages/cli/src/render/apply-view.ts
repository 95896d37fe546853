import type { ApplyEvent, ApplyReport } from '@cuttle/gitops';
import type { Paint, Terminal } from '../terminal.js';
import { visible } from '../terminal-text.js';
import { count, plural } from './quantity.js';
import { indented } from './table.js';

/** What stands on stderr while something happens. */
const DOING: Readonly<Record<string, string>> = {
  create: 'creating',
  update: 'changing',
  replace: 'replacing',
  destroy: 'destroying',
  check: 'checking',
  discover: 'looking at its schema',
};

/** Shows an apply on stderr, a line for each thing. */
export function applyView(terminal: Terminal, colours: Paint): (event: ApplyEvent) => void {
  return (event) => terminal.err(`${lineOf(shown(event), colours)}\n`);
}

/** The event without control characters: names and messages are the server's. */
function shown(event: ApplyEvent): ApplyEvent {
  const key = 'key' in event ? { key: visible(event.key) } : {};
  return 'message' in event ? { ...event, ...key, message: indented(event.message) } : { ...event, ...key };
}

function lineOf(event: ApplyEvent, colours: Paint): string {
  switch (event.type) {
    case 'start':
      return colours.dim(`${event.key}: ${DOING[event.action] ?? event.action} ...`);
    case 'done':
      return `${event.key}: ${event.action} ${colours.green('done')}`;
    case 'failed':
      return `${event.key}: ${colours.red('failed')} ${event.message}`;
    case 'skipped':
      return `${event.key}: ${colours.yellow('not tried')}, ${event.message}`;
    case 'job': {
      const rows = event.rows === undefined ? '' : `, ${count(event.rows)} rows`;
      return `${event.key}: job ${event.job} ${event.status}${rows}`;
    }
    case 'warning':
      return `${colours.yellow('warning')} ${event.message}`;
    default: {
      const missing: never = event;
      return missing;
    }
  }
}

/** The result of an apply. */
export function renderApply(report: ApplyReport, colours: Paint): string {
  const { done, failed, skipped, schema, jobs } = report;
  const lines = [
    ...done.map(({ key, action }) => `${colours.green('done')}       ${action} ${key}`),
    ...failed.map(({ key, message }) => `${colours.red('failed')}     ${visible(key)}: ${indented(message)}`),
    ...skipped.map(({ key, message }) => `${colours.yellow('not tried')}  ${key}: ${message}`),
    ...schema.map(({ source, stream, action, added, removed }) => {
      const columns =
        action === 'change'
          ? ` ${[...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`)].join(' ')}`
          : '';
      return `schema     ${source}: ${stream} ${action}${columns}`;
    }),
    ...jobs.map(({ connection, job, what, status }) => `job        ${what} of "${connection}": job ${job} ${status}`),
  ];
  const nothing = 'Nothing to do. Airbyte is as the documents say.\n';
  if (lines.length === 0) return nothing;
  const summary = `Applied: ${done.length} done, ${failed.length} failed, ${skipped.length} not tried.`;
  const advice =
    failed.length + skipped.length === 0
      ? ''
      : ` ${plural(failed.length + skipped.length, 'step')} left: run apply again.`;
  return `${lines.join('\n')}\n\n${summary}${advice}\n`;
}
