import { sourceSecuritySuite } from '@cuttle/testing';
import { acmeProfile } from './profile.js';

sourceSecuritySuite(acmeProfile());
