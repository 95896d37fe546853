// Reads a pipe to its end: node consumer.js PIPE [BYTES_PER_SECOND]; prints what arrived and when as JSON.
// With CUTTLE_HASH_RECORDS it parses every line and hashes the records' data, which is slow: not in a timed run.
const crypto = require('node:crypto');
const fs = require('node:fs');

const NEWLINE = 0x0a;

function consume(pipe, bytesPerSecond, isHashing) {
  const input = fs.openSync(pipe, 'r');
  const buffer = Buffer.allocUnsafeSlow(64 * 1024);
  const digest = isHashing ? recordDigest() : undefined;
  const found = { bytes: 0, lines: 0, firstMs: 0, lastMs: 0 };
  for (;;) {
    const size = fs.readSync(input, buffer);
    if (size === 0) break;
    found.lastMs = performance.timeOrigin + performance.now();
    if (found.bytes === 0) found.firstMs = found.lastMs;
    found.bytes += size;
    const part = buffer.subarray(0, size);
    if (digest === undefined) found.lines += countLines(part);
    else digest.add(part);
    if (bytesPerSecond > 0) pause((size / bytesPerSecond) * 1000);
  }
  return digest === undefined ? found : { ...found, ...digest.end() };
}

function countLines(bytes) {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** Count and hash of the records' data in the order in which they came. */
function recordDigest() {
  const hash = crypto.createHash('sha256');
  let rest = '';
  let records = 0;
  let lines = 0;
  const decoder = new TextDecoder();
  const line = (text) => {
    lines += 1;
    const { type, record } = JSON.parse(text);
    if (type !== 'RECORD') return;
    records += 1;
    hash.update(`${JSON.stringify(record.data)}\n`);
  };
  return {
    add(bytes) {
      const texts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = texts.pop();
      for (const text of texts) line(text);
    },
    end: () => ({ records, lines, hash: hash.digest('hex') }),
  };
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const [pipe, rate] = process.argv.slice(2);
const found = consume(pipe, Number(rate ?? 0), process.env.CUTTLE_HASH_RECORDS !== undefined);
process.stdout.write(JSON.stringify(found));
