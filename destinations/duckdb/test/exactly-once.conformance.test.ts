import { duckdbProfile, exactlyOnceSuite } from '@cuttle/testing';

describe('destination-duckdb', () => exactlyOnceSuite(duckdbProfile()));
