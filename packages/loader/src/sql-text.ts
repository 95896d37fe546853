/** An SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An identifier of DuckDB. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
