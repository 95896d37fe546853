import type { FieldChange, Plan, PlanItem, SchemaChange, SecretChange, StreamChange } from '@cuttle/gitops';
import { visible } from '../../terminal-text.js';
import { plural } from '../quantity.js';
import { fieldLabel, valueText } from './values.js';

/** What a line is about; decides its symbol and colour. */
export type Mark = 'add' | 'change' | 'replace' | 'remove' | 'drift' | 'warning' | 'unknown' | 'plain';

/** One line of a plan, before it is coloured or fenced. */
export interface PlanLine {
  /** Steps of indentation. */
  readonly depth: number;
  readonly mark: Mark;
  readonly text: string;
}

/** Symbol of each mark; every one can be told without colour. */
export const SYMBOLS: Readonly<Record<Mark, string>> = {
  add: '+',
  change: '~',
  replace: '±',
  remove: '-',
  drift: '=',
  warning: '!',
  unknown: '?',
  plain: ' ',
};

/** Longest list of names that is written out. */
const MAX_NAMES = 6;

/** The lines of a plan, in its order. */
export function planLines(plan: Plan): readonly PlanLine[] {
  const lines = [
    ...plan.items.flatMap(itemLines),
    ...plan.backfills.map(
      ({ connection, streams }): PlanLine => ({
        depth: 0,
        mark: 'change',
        text: `backfill "${connection}": ${streams.join(', ')} read again from the start`,
      }),
    ),
    ...uncomparedLines(plan.uncompared),
    ...orphanLines(plan.orphans),
    ...plan.notes.map(({ message }): PlanLine => ({ depth: 0, mark: 'warning', text: message })),
  ];
  // Names and messages of the server must not move the cursor or hide a line.
  return lines.map((line) => ({ ...line, text: visible(line.text) }));
}

/** `Plan: 0 add, 3 change, 0 replace, 0 destroy. 1 drifted. 2 warnings.` */
export function summaryLine({ counts, backfills }: Plan): string {
  const { add, change, replace, destroy, drifted, warnings } = counts;
  const more = [
    ...(drifted === 0 ? [] : [`${drifted} drifted.`]),
    ...(backfills.length === 0 ? [] : [`${plural(backfills.length, 'backfill')}.`]),
    ...(warnings === 0 ? [] : [`${plural(warnings, 'warning')}.`]),
  ];
  return [`Plan: ${add} add, ${change} change, ${replace} replace, ${destroy} destroy.`, ...more].join(' ');
}

function itemLines(item: PlanItem): readonly PlanLine[] {
  const isDrift = isOnlyDrift(item);
  const title = { depth: 0, mark: markOf(item, isDrift), text: titleOf(item, isDrift) };
  const fields = item.kind === 'connector' ? connectorFields(item) : item.fields;
  return [
    title,
    ...(item.action === 'create' ? [] : fields.map((change) => fieldLine(change, 1))),
    ...item.secrets.map(secretLine),
    ...streamLines(item),
    ...item.schema.map(schemaLine),
    ...lossLines(item),
    ...item.warnings.map(({ message }): PlanLine => ({ depth: 1, mark: 'warning', text: message })),
    ...(item.blocked === undefined ? [] : [{ depth: 1, mark: 'warning' as const, text: `refused: ${item.blocked}` }]),
  ];
}

function markOf(item: PlanItem, isDrift: boolean): Mark {
  if (isDrift) return 'drift';
  const marks = { create: 'add', update: 'change', replace: 'replace', destroy: 'remove', none: 'plain' } as const;
  return marks[item.action];
}

function isOnlyDrift(item: PlanItem): boolean {
  const fields = [...item.fields, ...item.streams.flatMap((stream) => stream.fields)];
  const isAll = fields.length > 0 && fields.every(({ origin }) => origin === 'airbyte');
  return item.action === 'update' && item.secrets.length === 0 && isAll;
}

function titleOf(item: PlanItem, isDrift: boolean): string {
  const kind = item.kind === 'connector' ? `connector ${item.role ?? ''}` : item.kind;
  const name = item.kind === 'connector' ? item.name : `"${visible(item.name)}"`;
  const image = item.fields.find(({ field }) => field === 'image');
  const parts = [
    `${kind} ${name}`,
    ...(item.kind === 'connector' && image !== undefined && item.action === 'update' ? [imageChange(image)] : []),
    ...(item.action === 'create' || item.action === 'replace'
      ? item.summary === undefined
        ? []
        : [item.summary]
      : []),
    ...(item.affects.length === 0 ? [] : [`(affects ${countKinds(item.affects)})`]),
  ];
  return `${isDrift ? 'drift  ' : ''}${parts.join('  ')}`;
}

function imageChange({ before, after }: FieldChange): string {
  const [from, to] = [String(before), String(after)];
  const repository = to.slice(0, to.lastIndexOf(':'));
  if (!from.startsWith(`${repository}:`)) return `${from} -> ${to}`;
  return `${repository} ${from.slice(repository.length + 1)} -> ${to.slice(repository.length + 1)}`;
}

function connectorFields(item: PlanItem): readonly FieldChange[] {
  return item.fields.filter(({ field }) => field !== 'image');
}

function countKinds(keys: readonly string[]): string {
  const kinds = ['source', 'destination', 'connection'];
  return kinds
    .map((kind) => ({ kind, count: keys.filter((key) => key.startsWith(`${kind}/`)).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => plural(count, kind))
    .join(', ');
}

function fieldLine(change: FieldChange, depth: number): PlanLine {
  const label = fieldLabel(change.field);
  const { before, after, origin } = change;
  if (origin === 'airbyte') {
    const now = before === undefined ? 'removed' : `set to ${valueText(change.field, before)}`;
    const back = after === undefined ? 'not set' : valueText(change.field, after);
    return { depth, mark: 'drift', text: `${label}  was ${now} in Airbyte (file: ${back}; apply sets it back)` };
  }
  const both = origin === 'both' ? '  (also changed in Airbyte)' : '';
  if (before === undefined)
    return { depth, mark: 'add', text: `${label}  ${valueText(change.field, after ?? null)}${both}` };
  if (after === undefined)
    return { depth, mark: 'remove', text: `${label}  ${valueText(change.field, before)}${both}` };
  const text = `${label}  ${valueText(change.field, before)} -> ${valueText(change.field, after)}${both}`;
  return { depth, mark: 'change', text };
}

function secretLine({ field, state, reference }: SecretChange): PlanLine {
  const from = reference === undefined ? '' : ` from ${reference}`;
  const texts: Readonly<Record<SecretChange['state'], string>> = {
    new: `secret${from} (value not shown)`,
    rotated: `secret rotated${from} since last apply (value not shown)`,
    asked: `secret sent${from}, as asked for (value not shown)`,
    needed: `secret sent${from}: in a list Airbyte keeps none (value not shown)`,
    removed: 'secret removed: the documents do not name it',
  };
  const mark = state === 'new' ? 'add' : state === 'removed' ? 'remove' : 'warning';
  return { depth: 1, mark, text: `${field}  ${texts[state]}` };
}

function streamLines(item: PlanItem): readonly PlanLine[] {
  if (item.streams.length === 0) return [];
  if (item.action === 'create') {
    const names = item.streams.map(({ stream }) => stream);
    const shown = names.slice(0, MAX_NAMES).join(', ');
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
    return [{ depth: 1, mark: 'add', text: `${plural(names.length, 'stream')}: ${shown}${more}` }];
  }
  return [{ depth: 1, mark: 'plain', text: 'streams' }, ...item.streams.flatMap(streamLine)];
}

function streamLine(change: StreamChange): readonly PlanLine[] {
  const { stream, action, fields, needsBackfill } = change;
  if (action === 'add') return [{ depth: 2, mark: 'add', text: `${stream}  ${describeStream(fields)}` }];
  if (action === 'remove') return [{ depth: 2, mark: 'remove', text: stream }];
  const lines = fields.map((field) => fieldLine(field, 3));
  const hint = `needs a backfill: --backfill=${stream}`;
  const backfill: PlanLine[] = needsBackfill ? [{ depth: 3, mark: 'warning', text: hint }] : [];
  return [{ depth: 2, mark: 'change', text: stream }, ...lines, ...backfill];
}

function describeStream(fields: readonly FieldChange[]): string {
  const value = (name: string): string => {
    const found = fields.find(({ field }) => field === name)?.after;
    return found === undefined || found === '' || (Array.isArray(found) && found.length === 0)
      ? ''
      : valueText(name, found);
  };
  const [cursor, key] = [value('cursor'), value('key')];
  return [value('sync'), ...(cursor === '' ? [] : [`cursor ${cursor}`]), ...(key === '' ? [] : [`key ${key}`])].join(
    '  ',
  );
}

function schemaLine({ source, stream, action, added, removed }: SchemaChange): PlanLine {
  const columns = [...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`)];
  const shown = columns.slice(0, MAX_NAMES).join(' ');
  const more = columns.length > MAX_NAMES ? ` and ${columns.length - MAX_NAMES} more` : '';
  const what = action === 'add' ? 'stream added' : action === 'remove' ? 'stream gone' : `columns ${shown}${more}`;
  return {
    depth: 1,
    mark: action === 'add' ? 'add' : action === 'remove' ? 'remove' : 'change',
    text: `schema of ${source}: ${stream}  ${what}`,
  };
}

function lossLines({ action, cascade, loss }: PlanItem): readonly PlanLine[] {
  if (action !== 'destroy' && action !== 'replace') return [];
  const lines: PlanLine[] = cascade.map((key) => ({
    depth: 1,
    mark: action === 'destroy' ? 'remove' : 'replace',
    text: `with it: ${key}`,
  }));
  return loss === undefined ? lines : [...lines, { depth: 1, mark: 'warning', text: loss }];
}

function uncomparedLines(uncompared: readonly string[]): readonly PlanLine[] {
  if (uncompared.length === 0) return [];
  const shown = uncompared.slice(0, MAX_NAMES).map((name) => name.replace(' ', '.'));
  const more = uncompared.length > shown.length ? [`and ${uncompared.length - shown.length} more`] : [];
  const what = uncompared.length === 1 ? '1 secret' : `${uncompared.length} secrets`;
  return [
    {
      depth: 0,
      mark: 'unknown',
      text: `${what} cannot be compared (no fingerprint); --rotate-secrets sends ${uncompared.length === 1 ? 'it' : 'them'}`,
    },
    ...[...shown, ...more].map((text): PlanLine => ({ depth: 1, mark: 'plain', text })),
  ];
}

function orphanLines(orphans: readonly string[]): readonly PlanLine[] {
  if (orphans.length === 0) return [];
  return [
    { depth: 0, mark: 'unknown', text: 'managed, but no longer in the documents; --prune destroys:' },
    ...orphans.map((text): PlanLine => ({ depth: 1, mark: 'plain', text })),
  ];
}
