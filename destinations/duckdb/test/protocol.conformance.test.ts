import { protocolSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => protocolSuite(profileInProcess()));
