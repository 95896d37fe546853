import { dedupSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => dedupSuite(profileInProcess()));
