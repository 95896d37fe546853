/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One finding in the documents. Messages never hold a value that could be a secret. */
export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning';
  /** Stable forever, `DOCUMENT_UNKNOWN_KEY` style. */
  readonly code: string;
  /** What is wrong and what to do, for the author of the file. */
  readonly message: string;
}

/** An error at a position. */
export function errorAt(position: Position, code: string, message: string): Diagnostic {
  const { file, line, column } = position;
  return { severity: 'error', file, line, column, code, message };
}

/** A warning at a position. */
export function warningAt(position: Position, code: string, message: string): Diagnostic {
  return { ...errorAt(position, code, message), severity: 'warning' };
}

/** `file:line:column`, as editors and terminals take it for a link. */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}

/** Diagnostics by file, line and column, without repetitions. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map((entry) => [`${formatPosition(entry)} ${entry.code} ${entry.message}`, entry]));
  return [...seen.values()].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
