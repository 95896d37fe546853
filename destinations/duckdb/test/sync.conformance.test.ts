import path from 'node:path';
import { releasedSuite, syncCrashSuite, syncSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => {
  syncSuite(profileInProcess());
  syncCrashSuite(profileInProcess());
  releasedSuite(profileInProcess(), path.join(__dirname, 'released', 'control-0.1.0'));
});
