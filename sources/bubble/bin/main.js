#!/usr/bin/env node
const { runSource } = require('@cuttle/airbyte-cdk');
const { BubbleSource } = require('../dist/index.js');

runSource(new BubbleSource());
