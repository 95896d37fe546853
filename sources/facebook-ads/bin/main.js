#!/usr/bin/env node
const { runSource } = require('@cuttle/airbyte-cdk');
const { FacebookAdsSource } = require('../dist/index.js');

runSource(new FacebookAdsSource());
