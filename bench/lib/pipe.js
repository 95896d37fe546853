const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { measure } = require('./measure.js');

const CONSUMER = path.join(__dirname, 'consumer.js');

/**
 * Runs a source into a reader through a pipe, as the platform does.
 *
 * @param {string} folder where the pipe is made
 * @param {readonly string[]} argv script and arguments of the source
 * @param {{ env?: Record<string, string>, bytesPerSecond?: number, isHashing?: boolean }} options of the reader and the source
 * @returns {Promise<{ usage: object, found: object }>} what the source used, and what the reader saw (see consumer.js)
 */
async function measurePiped(folder, argv, { env = {}, bytesPerSecond = 0, isHashing = false }) {
  const pipe = path.join(folder, 'pipe');
  fs.rmSync(pipe, { force: true });
  execFileSync('mkfifo', [pipe]);
  const reader = spawn(process.execPath, [CONSUMER, pipe, String(bytesPerSecond)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(isHashing ? { CUTTLE_HASH_RECORDS: '1' } : {}) },
  });
  let text = '';
  reader.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  const closed = new Promise((resolve) => reader.once('close', resolve));
  const usage = await measure(argv, { output: pipe, env });
  await closed;
  return { usage, found: JSON.parse(text) };
}

module.exports = { measurePiped };
