/** Where `e-` or `E-` comes next in a buffer; looked for once, however many lines there are before it. */
class Mark {
  readonly #bytes: Buffer;
  #buffer: Buffer | undefined;
  #from = 0;
  #next = -1;

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
  }

  /** Place of the first mark in `buffer[start, end)`, -1 without one. */
  find(buffer: Buffer, start: number, end: number): number {
    const isKnown = buffer === this.#buffer && start >= this.#from && (this.#next < 0 || start <= this.#next);
    if (!isKnown) this.#next = buffer.indexOf(this.#bytes, start);
    this.#buffer = buffer;
    this.#from = start;
    return this.#next < end ? this.#next : -1;
  }
}

/** Finds numbers that are not zero and that a double has as zero, such as `1E-400`: DuckDB's reader says nothing of it. */
export class VanishingNumbers {
  readonly #marks = [new Mark('e-'), new Mark('E-')];

  /** Where a digit of the first one in `buffer[start, end)` stands, -1 without one; finds some words in texts, too. */
  find(buffer: Buffer, start: number, end: number): number {
    let first = -1;
    for (const mark of this.#marks) {
      for (let at = mark.find(buffer, start, end); at >= 0; at = mark.find(buffer, at + 2, end)) {
        if (![-1, 2, 3, 4].every((place) => isDigit(buffer[at + place]))) continue;
        first = first < 0 ? at - 1 : Math.min(first, at - 1);
        break;
      }
    }
    return first;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
