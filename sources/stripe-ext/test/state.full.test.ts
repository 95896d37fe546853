import { sourceStateSuite } from '@cuttle/testing';
import { stripeProfile } from './profile.js';

sourceStateSuite(stripeProfile());
