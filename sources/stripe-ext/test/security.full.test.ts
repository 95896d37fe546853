import { sourceSecuritySuite } from '@cuttle/testing';
import { stripeProfile } from './profile.js';

sourceSecuritySuite(stripeProfile());
