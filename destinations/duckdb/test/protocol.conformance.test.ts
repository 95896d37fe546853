import { duckdbProfile, protocolSuite } from '@cuttle/testing';

describe('destination-duckdb', () => protocolSuite(duckdbProfile()));
