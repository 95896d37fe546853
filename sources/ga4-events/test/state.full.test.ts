import { sourceStateSuite } from '@cuttle/testing';
import { ga4Profile } from './profile.js';

sourceStateSuite(ga4Profile());
