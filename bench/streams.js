// Many small streams, wide and narrow, beside DuckDB making the same tables alone: what a sync of a CRM looks like.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { DESTINATION, removeDatabase } = require('./lib/destination.js');
const { digestSql, writeManyStreams } = require('./lib/many-streams.js');
const { measure, rounds } = require('./lib/measure.js');
const { atMost, runAlone, table } = require('./lib/report.js');
const { queryFile } = require('./lib/verify.js');

const SIZES = [
  { name: '200 streams x 100 columns x 3 rows', streams: 200, columns: 100, rows: 3, ratio: 2.5 },
  { name: '1,298 streams x 12 columns x 7 rows', streams: 1298, columns: 12, rows: 7, ratio: 2.5 },
];
const NATIVE = path.join(__dirname, 'lib', 'native-streams.js');
const MEMORY_BAR_MIB = 800;

/** @param {{ count?: number }} options rounds */
async function streams({ count = 3 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-bench-'));
  try {
    const lines = [];
    const bars = [];
    for (const size of SIZES) {
      const { ours, native } = await measureSize(folder, size, count);
      const ratio = ours.cpuSeconds / native.cpuSeconds;
      for (const [what, { wallSeconds, cpuSeconds, peakMiB }] of Object.entries({
        'destination-duckdb': ours,
        'DuckDB alone': native,
      })) {
        lines.push([size.name, what, wallSeconds.toFixed(1), cpuSeconds.toFixed(1), peakMiB.toFixed(0)]);
      }
      bars.push(
        atMost({ measure: `CPU of ${size.name}, against DuckDB alone`, bar: size.ratio, unit: 'x' }, ratio),
        atMost(
          { measure: `peak memory of ${size.name}, default memory_mb`, bar: MEMORY_BAR_MIB, unit: 'MiB' },
          ours.peakMiB,
        ),
      );
    }
    const head = ['streams', 'what', 'seconds', 'CPU s', 'peak MiB'];
    const note =
      'Full refreshes, one state behind each stream. DuckDB alone makes one table a statement, without checks, states or a second table.';
    return { text: ['### many streams', '', note, '', table(head, lines), ''].join('\n'), bars };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function measureSize(folder, size, count) {
  const [messages, catalog, config] = ['messages.ndjson', 'catalog.json', 'config.json'].map((name) =>
    path.join(folder, name),
  );
  const [own, peer] = ['own.duckdb', 'peer.duckdb'].map((name) => path.join(folder, name));
  writeManyStreams(messages, catalog, size);
  fs.writeFileSync(config, JSON.stringify({ destination_path: own }));
  const write = [DESTINATION, 'write', '--config', config, '--catalog', catalog];
  const fresh = (file, argv, options) => () => {
    removeDatabase(file);
    return measure(argv, options);
  };
  const results = await rounds(count, [
    { name: 'ours', run: fresh(own, write, { input: messages }) },
    { name: 'native', run: fresh(peer, [NATIVE, messages, catalog, peer], {}) },
  ]);
  await verify(own, peer, size);
  for (const file of [own, peer]) removeDatabase(file);
  return { ours: results.get('ours').median, native: results.get('native').median };
}

/** Every table of both databases holds the same rows. */
async function verify(own, peer, { streams: number, columns, rows }) {
  const names = Array.from({ length: number }, (_, index) => `object_${index}`);
  for (let from = 0; from < number; from += 50) {
    const sql = names
      .slice(from, from + 50)
      .map((name) => digestSql(name, columns))
      .join(' union all ');
    const [left, right] = [await queryFile(own, sql), await queryFile(peer, sql)];
    if (JSON.stringify(left) !== JSON.stringify(right)) throw new Error(`tables ${from} and on differ`);
    if (left.some(([found]) => found !== rows)) throw new Error(`tables ${from} and on have other rows than were sent`);
  }
}

module.exports = { streams };
runAlone(module, streams);
