import path from 'node:path';
import { releasedSuite, syncCrashSuite, syncSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => {
  const profile = snowflakeProfile();
  describe('which sync', () => syncSuite(profile));
  describe('killed at the end', () => syncCrashSuite(profile));
  describe('after a released version', () => {
    releasedSuite(profile, path.join(__dirname, 'released', 'control-0.1.0'));
  });
});
