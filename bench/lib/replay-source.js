const fs = require('node:fs');
const path = require('node:path');

/**
 * A command that answers like a source, from files: `spec.json`, `discover.json` and `messages.ndjson` of a folder. What
 * reads it waits for nothing.
 *
 * @returns {string} its path
 */
function writeReplaySource(folder) {
  const command = path.join(folder, 'source-faker');
  const ok = JSON.stringify({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  const script = `#!/bin/sh
cd '${folder}' || exit 1
case "$1" in
  spec) exec cat spec.json ;;
  discover) exec cat discover.json ;;
  check) echo '${ok}' ;;
  read) exec cat messages.ndjson ;;
esac
`;
  fs.writeFileSync(command, script, { mode: 0o755 });
  return command;
}

module.exports = { writeReplaySource };
