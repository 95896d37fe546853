import { sourceSecuritySuite } from '@cuttle/testing';
import { ga4Profile } from './profile.js';

sourceSecuritySuite(ga4Profile());
