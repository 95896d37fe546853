// Runs the measurements and writes RESULTS.md: node bench/run-all.js [NAME...]; with names it only prints those.
const fs = require('node:fs');
const path = require('node:path');
const { cold } = require('./cold.js');
const { dedup } = require('./dedup.js');
const { emit } = require('./emit.js');
const { faker } = require('./faker.js');
const { FAROS_VERSION } = require('./lib/faros-install.js');
const { barTable, machine } = require('./lib/report.js');
const { load } = require('./load.js');
const { memory } = require('./memory.js');
const { plan } = require('./plan.js');
const { stage } = require('./stage.js');
const { streams } = require('./streams.js');
const { uneven } = require('./uneven.js');

const MEASUREMENTS = { emit, load, dedup, faker, streams, stage, memory, uneven, cold, plan };
const RESULTS = path.join(__dirname, 'RESULTS.md');

async function main(names) {
  const unknown = names.filter((name) => MEASUREMENTS[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(MEASUREMENTS).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  const chosen = names.length === 0 ? Object.keys(MEASUREMENTS) : names;
  const before = machine();
  const results = [];
  for (const name of chosen) {
    process.stderr.write(`${name} ...\n`);
    results.push(await MEASUREMENTS[name]());
  }
  const text = document(before, results);
  process.stdout.write(text);
  if (names.length === 0) fs.writeFileSync(RESULTS, text);
}

function document(before, results) {
  return `# Results

Written by \`npm run bench\`; \`npm run bench -- emit load\` prints some of it, \`node bench/load.js RECORDS ROUNDS\` one in another size.
What is measured and how: [README.md](README.md). Figures of different machines, or of one machine at different times, do not compare: read the ratios within a table.

- before: ${before}
- after: ${machine()}
- ${versions()}

## Bars

${barTable(results.flatMap(({ bars }) => bars))}

## Tables

${results.map(({ text }) => text).join('\n')}`;
}

function versions() {
  const root = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
  const engine = JSON.parse(fs.readFileSync(require.resolve('@duckdb/node-api/package.json'), 'utf8'));
  return `cuttle ${root.version}, @duckdb/node-api ${engine.version}, faros-airbyte-cdk ${FAROS_VERSION}`;
}

void main(process.argv.slice(2));
