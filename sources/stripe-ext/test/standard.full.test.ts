import { sourceStandardSuite } from '@cuttle/testing';
import { stripeProfile } from './profile.js';

sourceStandardSuite(stripeProfile());
