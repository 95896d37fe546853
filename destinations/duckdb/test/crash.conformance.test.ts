import { crashSuite, duckdbProfile } from '@cuttle/testing';

describe('destination-duckdb', () => crashSuite(duckdbProfile()));
