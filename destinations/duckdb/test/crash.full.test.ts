import { crashSuite, syncCrashSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => {
  crashSuite(profileInProcess());
  describe('killed at the end', () => syncCrashSuite(profileInProcess()));
});
