import { sourceStandardSuite } from '@cuttle/testing';
import { ga4Profile } from './profile.js';

sourceStandardSuite(ga4Profile());
