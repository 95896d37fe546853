// Preloaded into a connector by tests: no network, no child process, no writing; reading only below CUTTLE_READABLE.
// A connector that tries anyway dies with exit code 77.
const fs = require('node:fs');
const net = require('node:net');
const dns = require('node:dns');
const childProcess = require('node:child_process');

function forbid(object, names, what) {
  for (const name of names) {
    if (typeof object[name] !== 'function') continue;
    object[name] = () => {
      process.stderr.write(`forbidden: ${what} ${name}\n`);
      process.exit(77);
    };
  }
}

forbid(net.Socket.prototype, ['connect'], 'network');
forbid(dns, ['lookup', 'resolve'], 'network');
forbid(childProcess, ['spawn', 'spawnSync', 'exec', 'execFile', 'fork'], 'process');
forbid(fs, ['mkdirSync', 'mkdtempSync', 'writeFileSync', 'appendFileSync', 'mkdir', 'writeFile', 'rmSync'], 'file');
forbid(fs.promises, ['mkdir', 'writeFile', 'appendFile', 'mkdtemp'], 'file');
