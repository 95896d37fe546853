import { duckdbProfile, dedupSuite } from '@cuttle/testing';

describe('destination-duckdb', () => dedupSuite(duckdbProfile()));
