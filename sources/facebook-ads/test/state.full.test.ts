import { sourceStateSuite } from '@cuttle/testing';
import { facebookProfile } from './profile.js';

sourceStateSuite(facebookProfile());
