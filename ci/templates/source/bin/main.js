#!/usr/bin/env node
const { runSource } = require('@cuttle/airbyte-cdk');
const { AcmeSource } = require('../dist/index.js');

runSource(new AcmeSource());
