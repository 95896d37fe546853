import { sourceCommandSuite } from '@cuttle/testing';
import { stripeProfile } from './profile.js';

sourceCommandSuite(stripeProfile());
