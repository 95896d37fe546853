/** A key of an account. */
export interface StripeKey {
  readonly account: string;
  /** Resources that a restricted key may not read, such as `charges`; undefined for a key with all rights. */
  readonly forbidden?: ReadonlySet<string>;
}

/** The keys that are accepted. */
export class StripeKeys {
  readonly #keys = new Map<string, StripeKey>();
  #count = 0;

  /** Adds a test key: a secret one, or a restricted one that lacks some resources. @returns the key */
  issue(account: string, forbidden?: readonly string[]): string {
    this.#count += 1;
    const kind = forbidden === undefined ? 'sk' : 'rk';
    const key = `${kind}_test_51Novel${String(this.#count).padStart(4, '0')}x7Yp2Qe9Zt4`;
    this.#keys.set(key, { account, ...(forbidden === undefined ? {} : { forbidden: new Set(forbidden) }) });
    return key;
  }

  /** The key's rights, or undefined for one that is not known. */
  find(key: string): StripeKey | undefined {
    return this.#keys.get(key);
  }

  /** Makes every key invalid. */
  revokeAll(): void {
    this.#keys.clear();
  }
}
