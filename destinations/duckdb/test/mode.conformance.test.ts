import { duckdbProfile, modeSuite } from '@cuttle/testing';

describe('destination-duckdb', () => modeSuite(duckdbProfile()));
