#!/usr/bin/env node
const { runSource } = require('@cuttle/airbyte-cdk');
const { StripeSource } = require('../dist/index.js');

runSource(new StripeSource());
