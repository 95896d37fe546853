import { exactlyOnceSuite } from '@cuttle/testing';
import { snowflakeProfile } from './profile.js';

describe('destination-snowflake-merge', () => exactlyOnceSuite(snowflakeProfile()));
