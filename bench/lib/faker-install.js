const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { PEERS, installPeer, peerProgram } = require('../../ci/peers/peers.js');

const PYAIRBYTE = { name: 'PyAirbyte', requirement: PEERS.pyairbyte.pip[0] };
const FAKER = { name: 'source-faker', requirement: PEERS.faker.pip[0] };

/**
 * Installs PyAirbyte and source-faker from PyPI into environments of their own, once; the peers lane shares them.
 *
 * @returns {{ python: string, faker: string }} the Python of the one, the command of the other
 * @throws {Error} when there is no Python or PyPI does not give them
 */
function installFaker() {
  const missing = ['pyairbyte', 'faker'].find((key) => !installPeer(key));
  if (missing !== undefined) throw new Error(`${PEERS[missing].title} is not there: see stderr`);
  return { python: peerProgram('pyairbyte'), faker: peerProgram('faker', 'source-faker') };
}

/**
 * What source-faker prints: messages of a read, and the answers to `spec` and `discover`.
 *
 * @param {string} faker its command
 * @param {string} folder where `messages.ndjson`, `spec.json` and `catalog.json` are written
 * @returns {{ streams: object[] }} its catalog
 */
function runFaker(faker, folder, users) {
  const file = (name) => path.join(folder, name);
  fs.writeFileSync(file('faker.json'), JSON.stringify({ count: users, seed: 1, parallelism: 2 }));
  output(faker, ['spec'], file('spec.json'));
  output(faker, ['discover', '--config', file('faker.json')], file('discover.json'));
  const { streams } = messagesOf(file('discover.json')).find(({ type }) => type === 'CATALOG').catalog;
  const configured = streams.map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'append' }));
  fs.writeFileSync(file('configured.json'), JSON.stringify({ streams: configured }));
  const read = ['read', '--config', file('faker.json'), '--catalog', file('configured.json')];
  output(faker, read, file('messages.ndjson'));
  return { streams };
}

function output(command, args, file) {
  const target = fs.openSync(file, 'w');
  const { status } = spawnSync(command, args, { stdio: ['ignore', target, 2], cwd: os.tmpdir() });
  fs.closeSync(target);
  if (status !== 0) throw new Error(`${path.basename(command)} ${args[0]} ended with ${status}`);
}

function messagesOf(file) {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

module.exports = { FAKER, PYAIRBYTE, installFaker, runFaker };
