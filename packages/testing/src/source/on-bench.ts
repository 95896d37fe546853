import { statement } from '../harness/statement.js';

/** Something that is made for one test and closed behind it. */
interface Closable {
  close(): Promise<void>;
}

/** Registers tests that each get a bench of their own. */
export function onBench<B extends Closable>(
  profile: { readonly bypass?: Readonly<Record<string, string>> },
  open: () => Promise<B>,
): (id: string, title: string, run: (bench: B) => Promise<void>, timeoutMs?: number) => void {
  return (id, title, run, timeoutMs) => {
    const work = async () => {
      const bench = await open();
      try {
        await run(bench);
      } finally {
        await bench.close();
      }
    };
    statement(id, title, profile.bypass, work, timeoutMs);
  };
}
