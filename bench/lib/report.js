const os = require('node:os');

/** One line a measured thing: records/s, MB/s, CPU time and peak memory, and how it stands against the named peers. */
function report(title, { records, bytes, results, rows, against }) {
  const perRecord = bytes / records;
  const rate = (name) => rows[name] / results.get(name).median.wallSeconds;
  const lines = [...results].map(([name, { median, runs }]) => {
    const walls = runs.map(({ wallSeconds }) => rows[name] / wallSeconds).sort((a, b) => a - b);
    const cells = [
      name,
      `${thousands(rate(name))} (${thousands(walls[0])} to ${thousands(walls.at(-1))})`,
      ((rate(name) * perRecord) / 1e6).toFixed(0),
      ((median.cpuSeconds / rows[name]) * 1e6).toFixed(2),
      median.peakMiB.toFixed(0),
      ...against.map((peer) => (peer === name ? '' : (rate(name) / rate(peer)).toFixed(2))),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    'what',
    'records/s, median (range)',
    'MB/s',
    'CPU us a record',
    'peak MiB',
    ...against.map((peer) => `times ${peer}`),
  ];
  return [
    `### ${title}`,
    '',
    `${records} records of ${perRecord.toFixed(0)} B.`,
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...lines,
    '',
  ].join('\n');
}

function thousands(value) {
  return value >= 1000 ? `${Math.round(value / 1000)}k` : value.toFixed(0);
}

/** What the figures were measured on. */
function machine() {
  const load = os.loadavg()[0].toFixed(2);
  return `${os.cpus().length} cores (${os.cpus()[0].model}), ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}, load ${load}`;
}

/** Runs a measurement when its file is the program. */
function runAlone(module, run) {
  if (require.main !== module) return;
  const [records, count] = process.argv.slice(2).map(Number);
  run({ ...(records > 0 ? { records } : {}), ...(count > 0 ? { count } : {}) }).then(
    (text) => process.stdout.write(`${machine()}\n\n${text}\n`),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exitCode = 1;
    },
  );
}

module.exports = { report, machine, runAlone };
