import path from 'node:path';
import { releasedSuite, syncSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => {
  describe('which sync', () => syncSuite(profileInProcess()));
  describe('after a released version', () => {
    releasedSuite(profileInProcess(), path.join(__dirname, 'released', 'control-0.1.0'));
  });
});
