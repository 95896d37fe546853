// `npm run demo`: sets up, builds, and runs the Novel stack against the stand-ins.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

function run(script, args, stdout) {
  const { status, signal } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: ['inherit', stdout, 'inherit'],
  });
  if (status !== 0) process.exit(signal === null ? status : 1);
}

// Ctrl-C reaches the demo itself, which stops gracefully; this process only waits for it.
process.on('SIGINT', () => {});
run(path.join(__dirname, 'setup.js'), [], 2);
run(path.join(__dirname, 'setup-dbt.js'), [], 2);
run(path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), ['-b'], 2);
run(path.join(ROOT, 'packages', 'cli', 'bin', 'cuttle.js'), ['demo', ...process.argv.slice(2)], 'inherit');
