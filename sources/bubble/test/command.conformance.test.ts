import { sourceCommandSuite } from '@cuttle/testing';
import { bubbleProfile } from './profile.js';

sourceCommandSuite(bubbleProfile());
