import { fencedError } from './control.js';
import type { Note, Statement } from './dialect.js';

/**
 * The statements of one transaction with its notes on the control table joined: one check of all fences first, then the
 * data, then one deletion and one insert. A transaction that notes something and forgets it again stays as it is.
 */
export function joinNotes(statements: readonly Statement[]): readonly Statement[] {
  const noted = statements.filter(({ note }) => note !== undefined);
  if (noted.length < 2 || forgetsWhatItNoted(noted)) return statements;
  const tables = [...new Set(noted.map(({ note }) => (note as Note).table))];
  const ofKind = (kind: Note['kind']) =>
    tables.flatMap((table) => {
      const own = noted.filter(({ note }) => note?.table === table && note.kind === kind);
      return own.length === 0
        ? []
        : [
            joined(
              own,
              own.map(({ note }) => note as Note),
            ),
          ];
    });
  const isDefinition = ({ note, isDdl }: Statement) => note === undefined && isDdl === true;
  const rest = statements.filter(({ note }) => note === undefined);
  const firstData = rest.findIndex((statement) => !isDefinition(statement));
  const head = firstData < 0 ? rest : rest.slice(0, firstData);
  return [...head, ...ofKind('fence'), ...rest.slice(head.length), ...ofKind('forget'), ...ofKind('add')];
}

function joined(statements: readonly Statement[], notes: readonly Note[]): Statement {
  const [first] = statements as [Statement, ...Statement[]];
  if (notes.length === 1) return first;
  const [{ table, kind, columns }] = notes as [Note, ...Note[]];
  const parts = notes.map(({ text }) => text);
  switch (kind) {
    case 'add':
      return { sql: `insert into ${table} (${columns}) values ${parts.join(', ')}` };
    case 'forget':
      return { sql: `delete from ${table} where ${parts.map((part) => `(${part})`).join(' or ')}` };
    case 'fence': {
      // Numbers of checks grow, so the largest is new to every fence.
      const ordinal = Math.max(...notes.map((note) => note.ordinal ?? 0));
      const sql = `update ${table} set ordinal = ${ordinal} where ${parts.map((part) => `(${part})`).join(' or ')}`;
      return { sql, expect: { rows: notes.length, otherwise: fencedError(notes.map(({ subject }) => subject)) } };
    }
    default:
      return kind satisfies never;
  }
}

function forgetsWhatItNoted(statements: readonly Statement[]): boolean {
  const added = new Set<string>();
  for (const { note } of statements) {
    if (note?.kind === 'add') added.add(note.subject);
    if (note?.kind === 'forget' && added.has(note.subject)) return true;
  }
  return false;
}
