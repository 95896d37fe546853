#!/usr/bin/env node
const { runDestination } = require('@cuttle/airbyte-cdk');
const { AcmeDestination } = require('../dist/index.js');

runDestination(new AcmeDestination());
