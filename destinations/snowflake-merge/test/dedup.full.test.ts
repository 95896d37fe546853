import { dedupSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => dedupSuite(snowflakeProfile()));
