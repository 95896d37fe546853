import { dedupSuite, duckdbProfile } from '@cuttle/testing';

describe('destination-duckdb', () => dedupSuite(duckdbProfile()));
