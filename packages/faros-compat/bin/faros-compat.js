#!/usr/bin/env node
const { runFarosModule } = require('../dist/index.js');

const USAGE = `Usage: faros-compat <module> spec | check | discover | read [options]

Runs the source of a package written for faros-airbyte-cdk, unmodified. The module has to export mainCommand().

Examples:
  $ faros-compat ./lib read --config config.json --catalog catalog.json
  $ faros-compat @example/shop-source spec
`;

// What is left behind the module is the connector's own command line.
const [name] = process.argv.splice(2, 1);
if (name === undefined || name.startsWith('-')) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  runFarosModule(name).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
