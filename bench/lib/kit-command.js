const fs = require('node:fs');
const path = require('node:path');

const KIT_SOURCE = path.join(__dirname, 'kit-source.js');

/** Script and arguments of a `read` of one stream; config and catalog are written to `folder`. */
function readCommand(folder, stream, config, source = KIT_SOURCE) {
  const configFile = path.join(folder, `${stream}-config.json`);
  const catalogFile = path.join(folder, `${stream}-catalog.json`);
  const configured = { name: stream, json_schema: { type: 'object' }, supported_sync_modes: ['full_refresh'] };
  const modes = { sync_mode: 'full_refresh', destination_sync_mode: 'append' };
  fs.writeFileSync(configFile, JSON.stringify(config));
  fs.writeFileSync(catalogFile, JSON.stringify({ streams: [{ stream: configured, ...modes }] }));
  return [source, 'read', '--config', configFile, '--catalog', catalogFile];
}

module.exports = { readCommand };
