import { crashSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => crashSuite(snowflakeProfile()));
