import path from 'node:path';
import { ROOT, type SourceProfile } from '@cuttle/testing';

/** Folders of our sources. */
export const SOURCES: readonly string[] = ['bubble', 'ga4-events', 'stripe-ext', 'facebook-ads'].map(
  (name) => `sources/${name}`,
);

/** What the own suites of a source know of it. */
export async function profileOf(folder: string): Promise<SourceProfile> {
  const module: Readonly<Record<string, unknown>> = await import(path.join(ROOT, folder, 'test', 'profile.ts'));
  const [make] = Object.values(module).filter((value): value is () => SourceProfile => typeof value === 'function');
  if (make === undefined) throw new Error(`${folder}/test/profile.ts exports no profile`);
  return make();
}
