import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { preload } from '../harness/preload.js';
import { SourceBench, stateOf } from '../source/bench.js';
import { onBench } from '../source/on-bench.js';
import type { SourceProfile, StandIn } from '../source/profile.js';

/** Keys that reach for the prototype, in the place of an object. */
const POLLUTION = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';

/** C-12 and X-06 of a source: hostile texts and keys in what it reads. */
export function injectionSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile, true));
  const { stream } = profile.paged;

  check('C-12', 'texts with lone surrogates, U+2028, NUL, line ends and quotes arrive as they are', async (bench) => {
    const text =
      'NUL \u0000 LS \u2028 PS \u2029 BOM \uFEFF CRLF \r\n lone \ud800 and \udfff emoji 😀 "quoted" \\ </script> ${x}';
    const identity = profile.insertText(bench.standIn, text);
    const read = (await bench.read(await bench.streams([stream]))).expectSuccess();
    const row = read.data(stream).find((data) => profile.identity(stream, data) === identity);
    expect(profile.textOf(row as JsonObject)).toBe(text);
  });

  check('X-06', '__proto__ and constructor in config, catalog, state and records pollute nothing', async (bench) => {
    const identity = profile.insertPollution(bench);
    const log = path.join(bench.folder, 'pollution');
    const streams = await bench.streams([stream]);
    const hostile = (name: string, value: unknown) => {
      const file = bench.write(name, value);
      const text = fs.readFileSync(file, 'utf8');
      fs.writeFileSync(file, text.replaceAll('{"', `{${POLLUTION}"`));
      return file;
    };
    const config = hostile('config', bench.config);
    const state = hostile('state', stateOf(stream, { from: { nobody: 1 } }));
    const options = { preload: [preload('pollution')], env: { CUTTLE_POLLUTION_LOG: log } };
    const read = ['read', '--config', config, '--catalog', hostile('catalog', { streams }), '--state', state];
    for (const args of [['check', '--config', config], ['discover', '--config', config], read]) {
      const result = await bench.run(args, options);
      expect([args[0], result.exitCode, fs.readFileSync(log, 'utf8')]).toEqual([args[0], 0, '']);
      if (args[0] !== 'read') continue;
      // The raw line, since taking an object apart may hide such a key.
      const line = result.lines.find(
        (text) =>
          text.startsWith('{"type":"RECORD"') &&
          profile.identity(stream, (JSON.parse(text) as { record: { data: JsonObject } }).record.data) === identity,
      );
      expect(line).toContain('"__proto__":');
      expect(line).toContain('"constructor":');
    }
  });
}
