#!/usr/bin/env node
const { runSource } = require('@cuttle/airbyte-cdk');
const { Ga4EventsSource } = require('../dist/index.js');

runSource(new Ga4EventsSource());
