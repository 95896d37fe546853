// Preloaded into sources: ends the process when the runner is gone, even if the runner was killed and could tell nobody.
// The runner holds the other end of descriptor 3; it closes when the runner ends, however it ends.
const net = require('node:net');

/** Time a connector has to stop by itself, in milliseconds. */
const STOP_MS = 5000;

const lifeline = new net.Socket({ fd: 3, readable: true, writable: false });
lifeline.on('error', () => {});
lifeline.on('close', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
lifeline.resume();
lifeline.unref();
