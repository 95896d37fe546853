#!/usr/bin/env node
const { main } = require('../dist/index.js');

main(process.argv.slice(2)).then((code) => {
  // Not process.exit: what is still queued on stdout must arrive.
  process.exitCode = code;
});
