import { sourceSecuritySuite } from '@cuttle/testing';
import { bubbleProfile } from './profile.js';

sourceSecuritySuite(bubbleProfile());
