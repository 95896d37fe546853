// Preloaded into a connector by tests: tells at exit what was added to the prototypes that every object shares.
// CUTTLE_POLLUTION_LOG=file gets the names, one a line; it is empty when all is well.
const fs = require('node:fs');

const watched = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const before = watched.map((prototype) => new Set(Reflect.ownKeys(prototype)));
process.on('exit', () => {
  const added = watched.flatMap((prototype, index) =>
    Reflect.ownKeys(prototype).filter((key) => !before[index].has(key)),
  );
  fs.writeFileSync(process.env.CUTTLE_POLLUTION_LOG, added.map(String).join('\n'));
});
