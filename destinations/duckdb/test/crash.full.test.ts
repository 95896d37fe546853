import { crashSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => crashSuite(profileInProcess()));
