// `npm run stand-in -- acme`: serves the stand-in of a source or destination, test/stand-in.ts, until Ctrl-C, and writes
// its address and token into .cuttle/stand-in-acme.env, for a shell to read.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** @throws when no connector of that name has a stand-in */
function findStandIn(name) {
  const files = ['sources', 'destinations'].map((group) => path.join(ROOT, group, name ?? '', 'test', 'stand-in.ts'));
  const file = name === undefined ? undefined : files.find((candidate) => fs.existsSync(candidate));
  if (file !== undefined) return file;
  throw new Error(
    'Usage: npm run stand-in -- <name>: a connector with a test/stand-in.ts, as npm run new:source makes.',
  );
}

/** Loads a TypeScript file that imports packages only. */
function loadTypeScript(file) {
  const { transformFileSync } = require('@swc/core');
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  });
  const loaded = new Module(file, module);
  loaded.filename = file;
  loaded.paths = Module._nodeModulePaths(path.dirname(file));
  loaded._compile(code, file);
  return loaded.exports;
}

async function main([name]) {
  const source = findStandIn(name);
  const file = path.join(ROOT, '.cuttle', `stand-in-${name}.env`);
  // One that was killed left its address behind.
  fs.rmSync(file, { force: true });
  const standIn = await loadTypeScript(source).startStandIn();
  writeVariables(file, name.toUpperCase().replaceAll('-', '_'), standIn);
  process.stdout.write(`Serving ${standIn.baseUrl} until Ctrl-C.\nIn another shell: . .cuttle/stand-in-${name}.env\n`);
  const stop = () => {
    fs.rmSync(file, { force: true });
    void standIn.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
}

/** Written aside first, so that who waits for the file finds it whole. */
function writeVariables(file, prefix, { baseUrl, token }) {
  const values = { [`${prefix}_BASE_URL`]: baseUrl, [`${prefix}_API_TOKEN`]: token };
  const lines = Object.entries(values).map(([key, value]) => `export ${key}='${value}'\n`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, lines.join(''));
  fs.renameSync(`${file}.new`, file);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
