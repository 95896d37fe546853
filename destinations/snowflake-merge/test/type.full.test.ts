import { typeSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => typeSuite(snowflakeProfile()));
