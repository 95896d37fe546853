import { sourceStandardSuite } from '@cuttle/testing';
import { acmeProfile } from './profile.js';

sourceStandardSuite(acmeProfile());
