// Preloaded into a connector by tests: reading the file CUTTLE_STALL never settles and leaves nothing to wait for, as a
// driver does that loses its callback.
const promises = require('node:fs/promises');

const { readFile } = promises;
promises.readFile = function stalled(file, ...rest) {
  if (file === process.env.CUTTLE_STALL) return new Promise(() => undefined);
  return readFile.call(this, file, ...rest);
};
