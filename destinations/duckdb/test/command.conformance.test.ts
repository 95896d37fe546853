import { destinationCommandSuite } from '@cuttle/testing';
import { duckdbConnector } from './connector-profile.js';

destinationCommandSuite(duckdbConnector());
