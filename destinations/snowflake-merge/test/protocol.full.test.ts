import { protocolSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => protocolSuite(snowflakeProfile()));
