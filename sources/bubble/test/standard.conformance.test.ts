import { sourceStandardSuite } from '@cuttle/testing';
import { bubbleProfile } from './profile.js';

sourceStandardSuite(bubbleProfile());
