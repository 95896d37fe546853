import { statement } from '../harness/statement.js';
import { TestWarehouse } from './fixture.js';
import type { DestinationProfile } from './profile.js';

/** What a group of statements works with. */
export interface Suite {
  /** New for each test. */
  warehouse: TestWarehouse;
  /** Registers the test of a statement, or shows why the profile leaves it out. */
  readonly check: (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) => void;
  /** Another new warehouse within one test. */
  renew(): void;
}

/**
 * Opens a group of statements inside of a `describe`.
 *
 * @param extra config that is set for every warehouse of the group
 */
export function openSuite(profile: DestinationProfile, extra: Readonly<Record<string, number>> = {}): Suite {
  const suite: Suite = {
    warehouse: undefined as unknown as TestWarehouse,
    check: (id, title, run, timeoutMs) => statement(id, title, profile.bypass, run, timeoutMs),
    renew() {
      suite.warehouse.remove();
      suite.warehouse = new TestWarehouse(profile, extra);
    },
  };
  beforeEach(() => {
    suite.warehouse = new TestWarehouse(profile, extra);
  });
  afterEach(() => suite.warehouse.remove());
  return suite;
}
