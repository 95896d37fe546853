// `node ci/peers/install.js [key...]`: installs the peers, two at a time. Fast when nothing is to be done. A peer that cannot be
// installed is said; its suite is left out with a sentence, unless CUTTLE_REQUIRE names `peers`.
const { spawn } = require('node:child_process');
const { PEERS, installPeer } = require('./peers.js');

/** Downloads wait for the network, unpacking for the processor: two at a time use both. */
const AT_ONCE = 2;

function installApart(key) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [__filename, key], { stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function installAll() {
  const left = Object.keys(PEERS);
  const failed = [];
  const worker = async () => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) {
      if (!(await installApart(key))) failed.push(PEERS[key].title);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failed.length === 0) return 0;
  process.stderr.write(`Not installed: ${failed.join(', ')}.\n`);
  return (process.env.CUTTLE_REQUIRE ?? '').split(',').includes('peers') ? 1 : 0;
}

async function main(keys) {
  if (keys.length === 0) return installAll();
  const unknown = keys.find((key) => !(key in PEERS));
  if (unknown !== undefined) throw new Error(`No peer is named ${unknown}: ${Object.keys(PEERS).join(', ')}.`);
  return keys.map(installPeer).every(Boolean) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
