// Preloaded into a connector by tests: an error that nobody catches, once stdout has had CUTTLE_CRASH_AFTER bytes.
// CUTTLE_CRASH=throw: in a timer. CUTTLE_CRASH=rejection: a promise that nobody awaits. CUTTLE_CRASH=both: one after the other.
// CUTTLE_BYTES_LOG=file gets the number of bytes that were handed to stdout, at exit.
const fs = require('node:fs');

const kind = process.env.CUTTLE_CRASH;
const after = Number(process.env.CUTTLE_CRASH_AFTER ?? 0);
const log = process.env.CUTTLE_BYTES_LOG;
let bytes = 0;
let hasCrashed = kind === undefined;

function crash() {
  hasCrashed = true;
  const error = () => new Error('a defect made by the test');
  if (kind !== 'throw') Promise.reject(error());
  if (kind !== 'rejection') {
    setTimeout(() => {
      throw error();
    }, 0);
  }
}

const { write } = process.stdout;
process.stdout.write = function counted(chunk, ...rest) {
  bytes += Buffer.byteLength(chunk);
  if (hasCrashed || bytes <= after) return write.call(this, chunk, ...rest);
  crash();
  write.call(this, chunk, ...rest);
  // A command with all of its input in memory could end before the loop turns and the error comes: it has to wait.
  setTimeout(() => this.emit('drain'), 50);
  return false;
};
if (log) process.on('exit', () => fs.writeFileSync(log, String(bytes)));
// At the first turn of the loop the command has begun; later, a fast one could be over.
if (!hasCrashed && after === 0) setTimeout(() => hasCrashed || crash(), 1);
