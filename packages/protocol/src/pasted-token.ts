/** A token as it was meant: without the `Bearer` of a header and the blanks that came along when it was copied. */
export function pastedToken(text: string): string {
  return text.trim().replace(/^bearer\s+/i, '');
}
