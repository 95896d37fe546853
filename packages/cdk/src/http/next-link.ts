import { SystemError } from '@cuttle/protocol';

/**
 * The URL of the next page when it stays on the host that gave it.
 *
 * @param current absolute URL of the page that holds the link
 * @param link absolute or relative
 * @throws {SystemError} `NEXT_LINK_REFUSED` when the link leads to another scheme, host or port
 */
export function nextLink(current: string, link: string): string {
  const from = new URL(current);
  const to = new URL(link, from);
  if (to.origin !== from.origin) {
    throw new SystemError(`The link to the next page leads from ${from.host} to ${to.host} and is refused.`, {
      code: 'NEXT_LINK_REFUSED',
    });
  }
  return to.href;
}
