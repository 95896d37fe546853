import { sourceStandardSuite } from '@cuttle/testing';
import { facebookProfile } from './profile.js';

sourceStandardSuite(facebookProfile());
