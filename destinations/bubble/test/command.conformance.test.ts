import { destinationCommandSuite } from '@cuttle/testing';
import { bubbleConnector } from './connector-profile.js';

destinationCommandSuite(bubbleConnector());
