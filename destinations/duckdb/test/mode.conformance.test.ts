import { modeSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => modeSuite(profileInProcess()));
