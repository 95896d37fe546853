const os = require('node:os');

/**
 * A table with one line a measured thing: records/s, MB/s, CPU time and peak memory, and how it stands against the
 * named peers by wall clock and by CPU time.
 */
function report(title, { note, records, bytes, results, rows, against }) {
  const perRecord = bytes / records;
  const rate = (name) => rows[name] / results.get(name).median.wallSeconds;
  const cpu = (name) => (results.get(name).median.cpuSeconds / rows[name]) * 1e6;
  const lines = [...results].map(([name, { median, runs }]) => {
    const rates = runs.map(({ wallSeconds }) => rows[name] / wallSeconds).sort((a, b) => a - b);
    return [
      name,
      `${thousands(rate(name))} (${thousands(rates[0])} to ${thousands(rates.at(-1))})`,
      ((rate(name) * perRecord) / 1e6).toFixed(0),
      cpu(name).toFixed(2),
      median.peakMiB.toFixed(0),
      ...against.flatMap((peer) =>
        peer === name ? ['', ''] : [(rate(name) / rate(peer)).toFixed(2), (cpu(peer) / cpu(name)).toFixed(2)],
      ),
    ];
  });
  const peers = against.flatMap((peer) => [`speed against ${peer}`, `by CPU against ${peer}`]);
  const head = ['what', 'records/s, median (range)', 'MB/s', 'CPU us a record', 'peak MiB', ...peers];
  const size = `${records.toLocaleString('en')} records of ${perRecord.toFixed(0)} B.`;
  return [`### ${title}`, '', note === undefined ? size : `${size} ${note}`, '', table(head, lines), ''].join('\n');
}

/** A Markdown table. */
function table(head, lines) {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function thousands(value) {
  return value >= 1000 ? `${Math.round(value / 1000)}k` : value.toFixed(0);
}

/** How a measured value stands against a bar that it has to reach. */
function atLeast({ measure, bar, unit }, value) {
  return { measure, bar: `>= ${bar} ${unit}`, value: `${digits(value)} ${unit}`, met: value >= bar ? 'yes' : 'no' };
}

/** How a measured value stands against a bar that it must not exceed. */
function atMost({ measure, bar, unit }, value) {
  return { measure, bar: `<= ${bar} ${unit}`, value: `${digits(value)} ${unit}`, met: value <= bar ? 'yes' : 'no' };
}

/** A bar about which nothing is known, and why. */
function notMeasured({ measure, bar, unit }, reason) {
  return { measure, bar: `${bar} ${unit}`, value: 'not measured', met: reason };
}

/** A bar that was missed because the run failed, and how. */
function notMet({ measure, bar, unit }, failure) {
  return { measure, bar: `<= ${bar} ${unit}`, value: failure, met: 'no' };
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** The bars of some measurements as a table. */
function barTable(bars) {
  return table(
    ['measure', 'bar', 'measured', 'met'],
    bars.map(({ measure, bar, value, met }) => [measure, bar, value, met]),
  );
}

/** What the figures were measured on. */
function machine() {
  const cpus = os.cpus();
  return `${cpus.length} cores (${cpus[0].model}), ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.version}, load ${os.loadavg()[0].toFixed(2)}`;
}

/** Runs a measurement when its file is the program: node FILE [RECORDS] [ROUNDS]. */
function runAlone(module, run) {
  if (require.main !== module) return;
  const [records, count] = process.argv.slice(2).map(Number);
  run({ ...(records > 0 ? { records } : {}), ...(count > 0 ? { count } : {}) }).then(
    ({ text, bars }) => process.stdout.write(`${machine()}\n\n${text}\n${barTable(bars)}\n`),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exitCode = 1;
    },
  );
}

module.exports = { report, table, atLeast, atMost, notMeasured, notMet, barTable, machine, runAlone };
