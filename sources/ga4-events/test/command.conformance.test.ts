import { sourceCommandSuite } from '@cuttle/testing';
import { ga4Profile } from './profile.js';

sourceCommandSuite(ga4Profile());
