import { tableSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => tableSuite(snowflakeProfile()));
