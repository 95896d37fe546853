import { checkSuite } from '../connector/check-suite.js';
import { processSuites } from '../connector/standard-suite.js';
import { statement } from '../harness/statement.js';
import { injectionSuite } from '../security/injection-suite.js';
import { networkSuite } from '../security/network-suite.js';
import { regexSuite } from '../security/regex-suite.js';
import { secretSuite } from '../security/secret-suite.js';
import { specSuite } from '../spec/spec-suite.js';
import { connectorOf } from './bench.js';
import { sourceCheckSuite } from './check-suite.js';
import { clockSuite } from './clock-suite.js';
import { determinismSuite } from './determinism-suite.js';
import { discoverSuite } from './discover-suite.js';
import { faultSuite } from './fault-suite.js';
import type { SourceProfile, StandIn } from './profile.js';
import { readSuite } from './read-suite.js';
import { stateSuite } from './state-suite.js';

/** C of a source: commands, output, signals. */
export function sourceCommandSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  describe(profile.name, () => processSuites(connectorOf(profile)));
}

/** SPEC, CHK, DISC and R of a source. */
export function sourceStandardSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const connector = connectorOf(profile);
  describe(profile.name, () => {
    describe('spec', () => specSuite(connector));
    describe('check', () => {
      checkSuite(connector);
      sourceCheckSuite(profile);
    });
    describe('discover', () => discoverSuite(profile));
    describe('read', () => readSuite(profile));
  });
}

/** of a source: states, faults, clocks, repetition. */
export function sourceStateSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  describe(profile.name, () => {
    describe('states', () => stateSuite(profile));
    describe('faults', () => faultSuite(profile));
    describe('clocks', () => clockSuite(profile));
    describe('repetition', () => determinismSuite(profile));
  });
}

/** X of a source. */
export function sourceSecuritySuite<S extends StandIn>(profile: SourceProfile<S>): void {
  describe(profile.name, () => {
    describe('secrets', () => secretSuite(profile));
    describe('network', () => networkSuite(profile));
    describe('hostile input', () => injectionSuite(profile));
    describe('expressions', () => regexSuite(profile, [profile.folder, 'packages/cdk', 'packages/protocol']));
    describe('no subject', () => {
      const bypass = {
        'X-04': 'a source runs no SQL of names that it reads',
        'X-07': 'a source writes no files (X-03 shows it)',
      };
      statement('X-04', 'SQL of hostile names', bypass, async () => undefined);
      statement('X-07', 'files of hostile names', bypass, async () => undefined);
    });
  });
}
