import { typeSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => typeSuite(profileInProcess()));
