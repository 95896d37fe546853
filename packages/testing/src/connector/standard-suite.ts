import { isFull } from '../harness/workspace.js';
import { specSuite } from '../spec/spec-suite.js';
import { checkSuite } from './check-suite.js';
import { commandSuite } from './command-suite.js';
import { outputSuite } from './output-suite.js';
import type { ConnectorProfile } from './profile.js';
import { sampleSuite } from './sample-suite.js';
import { shutdownSuite } from './shutdown-suite.js';

/** C of a connector: commands, output, signals, each by processes; a sample of them unless every suite runs. */
export function processSuites(profile: ConnectorProfile): void {
  if (!isFull) {
    describe('commands', () => sampleSuite(profile));
    return;
  }
  describe('commands', () => commandSuite(profile));
  describe('output', () => outputSuite(profile));
  describe('shutdown', () => shutdownSuite(profile));
}

/** C, SPEC and CHK of a destination; D has suites of its own. */
export function destinationCommandSuite(profile: ConnectorProfile): void {
  describe(profile.name, () => {
    processSuites(profile);
    describe('spec', () => specSuite(profile));
    describe('check', () => checkSuite(profile));
  });
}
