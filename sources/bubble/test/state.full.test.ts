import { sourceStateSuite } from '@cuttle/testing';
import { bubbleProfile } from './profile.js';

sourceStateSuite(bubbleProfile());
