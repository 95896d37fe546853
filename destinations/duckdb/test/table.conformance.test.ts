import { duckdbProfile, tableSuite } from '@cuttle/testing';

describe('destination-duckdb', () => tableSuite(duckdbProfile()));
