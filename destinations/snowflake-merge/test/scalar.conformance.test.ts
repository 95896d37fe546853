import { scalarSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => scalarSuite(snowflakeProfile()));
