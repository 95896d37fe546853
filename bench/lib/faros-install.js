const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const VERSION = '0.11.26';

/**
 * Installs faros-airbyte-cdk outside of the repository, once, and gives the path of its module. It requires
 * faros-js-client without declaring it, for one function, which a stand-in of ours has.
 *
 * @throws {Error} when the registry does not give it
 */
function installFaros() {
  const folder = path.join(os.tmpdir(), `cuttle-bench-faros-${VERSION}`);
  const module = path.join(folder, 'node_modules', 'faros-airbyte-cdk');
  const standIn = path.join(folder, 'node_modules', 'faros-js-client');
  if (!fs.existsSync(path.join(standIn, 'index.js'))) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--loglevel=error'];
    execFileSync('npm', ['install', ...options, `faros-airbyte-cdk@${VERSION}`], { cwd: folder, stdio: 'pipe' });
    fs.mkdirSync(standIn, { recursive: true });
    fs.writeFileSync(path.join(standIn, 'index.js'), 'exports.Utils = { toDate: (value) => new Date(value) };\n');
  }
  return module;
}

module.exports = { installFaros, FAROS_VERSION: VERSION };
