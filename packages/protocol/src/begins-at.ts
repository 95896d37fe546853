/**
 * Whether `text` stands at `buffer[start, end)`: how lines of a known form are recognized. A loop over some forty bytes is
 * faster than the native compare. From the end: heads of lines differ in the stream's name.
 */
export function beginsAt(buffer: Buffer, start: number, end: number, text: Buffer): boolean {
  if (end - start < text.length) return false;
  for (let at = text.length - 1; at >= 0; at -= 1) if (buffer[start + at] !== text[at]) return false;
  return true;
}
