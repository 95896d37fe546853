import { specSuite } from '../spec/spec-suite.js';
import { checkSuite } from './check-suite.js';
import { commandSuite } from './command-suite.js';
import { outputSuite } from './output-suite.js';
import type { ConnectorProfile } from './profile.js';
import { shutdownSuite } from './shutdown-suite.js';

/** C, SPEC and CHK of a destination; D has suites of its own. */
export function destinationCommandSuite(profile: ConnectorProfile): void {
  describe(profile.name, () => {
    describe('commands', () => commandSuite(profile));
    describe('output', () => outputSuite(profile));
    describe('shutdown', () => shutdownSuite(profile));
    describe('spec', () => specSuite(profile));
    describe('check', () => checkSuite(profile));
  });
}
