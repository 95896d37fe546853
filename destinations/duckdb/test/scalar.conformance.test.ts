import { duckdbProfile, scalarSuite } from '@cuttle/testing';

describe('destination-duckdb', () => scalarSuite(duckdbProfile()));
