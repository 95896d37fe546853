import { duckdbProfile, typeSuite } from '@cuttle/testing';

describe('destination-duckdb', () => typeSuite(duckdbProfile()));
