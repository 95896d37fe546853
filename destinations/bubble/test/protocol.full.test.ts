import { protocolSuite } from '@cuttle/testing';
import { bubbleProfile } from './profile.js';

describe('destination-bubble', () => protocolSuite(bubbleProfile()));
