import { createHash } from 'node:crypto';
import { SystemError } from '@cuttle/protocol';

/**
 * Sees to it that a paged list ends: no cursor, token or link leads to its pages twice, and no page comes again right
 * behind itself. Every loop over pages has one.
 *
 * Memory: 28 bytes of text for each page.
 */
export class PagingGuard {
  readonly #list: string;
  readonly #cursors = new Set<string>();
  #lastPage: string | undefined;

  /** @param list whose list of what, for the message: `Meta's /act_1/ads` */
  constructor(list: string) {
    this.#list = list;
  }

  /**
   * Takes note of what leads to the next page, and gives it back.
   *
   * @throws {SystemError} `PAGING_STUCK` when it has led to a page before
   */
  follow(cursor: string): string {
    const mark = digest(cursor);
    if (this.#cursors.has(mark)) throw this.stuck('a page leads back to one that was read before');
    this.#cursors.add(mark);
    return cursor;
  }

  /**
   * Takes note of a page by the ids of its rows, in their order. An empty page says nothing.
   *
   * @throws {SystemError} `PAGING_STUCK` when the page before had the same ones
   */
  page(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const mark = digest(JSON.stringify(ids));
    if (mark === this.#lastPage) throw this.stuck('the same page came twice');
    this.#lastPage = mark;
  }

  /** The error for pages that would never end. */
  stuck(reason: string): SystemError {
    return new SystemError(`The pages of ${this.#list} would never end: ${reason}.`, {
      code: 'PAGING_STUCK',
    });
  }
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}
