/**
 * The engine takes "id" and "ID" for one name, Snowflake does not. So every lower-case letter of a name is stored behind a
 * tilde: names that differ in case stay two, and unquoted names, which are upper case, stand as they are.
 */
function storedName(name: string): string {
  return name.replace(/[~\p{Ll}]/gu, (letter) => `~${letter}`);
}

/** The name that was stored. */
export function snowflakeName(stored: string): string {
  return stored.replace(/~([~\p{Ll}])/gu, '$1');
}

/** A stored name between quotes, for a statement of the engine. */
export function quoteStored(name: string): string {
  return `"${storedName(name).replaceAll('"', '""')}"`;
}

/** A text for a statement of the engine. */
export function engineText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
