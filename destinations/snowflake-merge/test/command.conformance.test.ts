import { destinationCommandSuite } from '@cuttle/testing';
import { snowflakeConnector } from './connector-profile.js';

destinationCommandSuite(snowflakeConnector());
