// Preloaded into a connector by tests: says on stderr when stdout takes no more ("stdout is full", once) and that a signal
// came ("SIGTERM came"). CUTTLE_LONG_TIMERS=never holds back every timer of 5 s and more, =soon lets those that are set
// after a signal, the grace period among them, fire after 50 ms:
// whether the grace period or the next signal ended a process can then be told without a clock.
const fs = require('node:fs');

const LONG_MS = 5000;
const { setTimeout: realSetTimeout, setInterval: realSetInterval } = globalThis;
const kind = process.env.CUTTLE_LONG_TIMERS;
let hasSignal = false;

function waitOf(ms) {
  if (kind === 'never') return 2 ** 31 - 1;
  return hasSignal ? 50 : ms;
}

if (kind !== undefined) {
  globalThis.setTimeout = Object.assign(
    (run, ms, ...args) => realSetTimeout(run, ms >= LONG_MS ? waitOf(ms) : ms, ...args),
    realSetTimeout,
  );
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    hasSignal = true;
    fs.writeSync(2, `${signal} came\n`);
  });
}

// A reader that takes nothing lets no byte of the queue go: once something waits there, it waits for good.
const watch = realSetInterval(() => {
  if (process.stdout.writableLength === 0) return;
  clearInterval(watch);
  fs.writeSync(2, 'stdout is full\n');
}, 20);
watch.unref();
