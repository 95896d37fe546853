import { sourceSecuritySuite } from '@cuttle/testing';
import { facebookProfile } from './profile.js';

sourceSecuritySuite(facebookProfile());
