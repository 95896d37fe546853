import { exactlyOnceSuite } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

describe('destination-duckdb', () => exactlyOnceSuite(profileInProcess()));
