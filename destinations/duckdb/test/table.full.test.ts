import { tableSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => tableSuite(profileInProcess()));
