import { scalarSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => scalarSuite(profileInProcess()));
