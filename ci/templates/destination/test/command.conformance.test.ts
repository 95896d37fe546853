import { destinationCommandSuite } from '@cuttle/testing';
import { acmeConnector } from './connector-profile.js';

destinationCommandSuite(acmeConnector());
