import { modeSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => modeSuite(snowflakeProfile()));
