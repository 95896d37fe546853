const fs = require('node:fs');
const path = require('node:path');
const { measure } = require('./measure.js');
const { catalog } = require('./purchases.js');

const DESTINATION = path.join(__dirname, '..', '..', 'destinations', 'duckdb', 'bin', 'main.js');

/**
 * A run of destination-duckdb over a file of messages, into a fresh database or a copy of one.
 *
 * @param {string} folder where the database is made
 * @param {object} modes fields of the configured stream
 * @param {(file: string) => Promise<void>} verify throws when the table is not what it has to be
 * @param {string} [start] database to begin with
 * @returns {() => Promise<object>} what the process used (see measure.js) and the size of the file
 */
function destinationTask(folder, messages, modes, verify, start) {
  return async () => {
    const file = path.join(folder, 'warehouse.duckdb');
    if (start !== undefined) fs.copyFileSync(start, file);
    const result = await measure(writeCommand(folder, file, modes), { input: messages });
    const fileMiB = fs.statSync(file).size / 2 ** 20;
    await verify(file);
    removeDatabase(file);
    return { ...result, fileMiB };
  };
}

/** Script and arguments of a `write` into a database file; config and catalog are written to `folder`. */
function writeCommand(folder, file, modes, config = {}) {
  const configFile = path.join(folder, 'config.json');
  const catalogFile = path.join(folder, 'catalog.json');
  fs.writeFileSync(configFile, JSON.stringify({ destination_path: file, ...config }));
  fs.writeFileSync(catalogFile, JSON.stringify(catalog(modes)));
  return [DESTINATION, 'write', '--config', configFile, '--catalog', catalogFile];
}

function removeDatabase(file) {
  for (const name of [file, `${file}.wal`]) fs.rmSync(name, { force: true });
}

module.exports = { DESTINATION, destinationTask, writeCommand, removeDatabase };
