const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
/** Records of each stream. */
const THINGS = 100;
const STREAMS = Array.from({ length: 10 }, (_, index) => `thing${index}`);

/**
 * Writes the documents of a project with one connection, `small`: ten streams of a Bubble app into a DuckDB file.
 *
 * @returns {string} the database file
 */
function writeProject(folder, baseUrl) {
  const warehouse = path.join(folder, 'warehouse.duckdb');
  const streams = STREAMS.map((name) => [
    name,
    { sync: 'incremental dedup', primaryKey: '_id', cursor: 'Modified Date' },
  ]);
  const documents = [
    { kind: 'Project', name: 'cold', targets: { local: { type: 'local' } } },
    {
      kind: 'Connectors',
      sources: { bubble: { path: path.join(ROOT, 'sources', 'bubble') } },
      destinations: { duckdb: { path: path.join(ROOT, 'destinations', 'duckdb') } },
    },
    {
      kind: 'Source',
      name: 'bubble',
      connector: 'bubble',
      config: {
        base_url: baseUrl,
        api_token: { $env: 'BUBBLE_TOKEN' },
        allow_private_hosts: true,
        requests_per_minute: 100_000,
        types: STREAMS,
      },
    },
    { kind: 'Destination', name: 'warehouse', connector: 'duckdb', config: { destination_path: warehouse } },
    {
      kind: 'Connection',
      name: 'small',
      source: 'bubble',
      destination: 'warehouse',
      streams: Object.fromEntries(streams),
    },
  ];
  const connections = path.join(folder, 'connections', 'cold');
  fs.mkdirSync(connections, { recursive: true });
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  fs.writeFileSync(path.join(connections, 'all.yaml'), text);
  return warehouse;
}

module.exports = { STREAMS, THINGS, writeProject };
