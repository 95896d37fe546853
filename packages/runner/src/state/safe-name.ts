import { createHash } from 'node:crypto';

/** Longest file name that is made of a connection's name, in bytes, without its ending. */
const MAX_BYTES = 120;

/**
 * A file name for any connection name: letters, digits, space and `._-` stand for themselves, everything else is
 * percent-encoded, also a leading dot; a long name is cut and ends in a hash. Two names never share a file, except by
 * the case of letters on file systems that fold it.
 */
export function safeName(name: string): string {
  const encoded = name.toWellFormed().replace(/[^A-Za-z0-9 ._-]|^\.|\s$/gu, (character) => encodeBytes(character));
  if (encoded.length <= MAX_BYTES && encoded !== '') return encoded;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${encoded.slice(0, MAX_BYTES - 17)}~${hash}`;
}

function encodeBytes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
}
