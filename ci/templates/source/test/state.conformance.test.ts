import { sourceStateSuite } from '@cuttle/testing';
import { acmeProfile } from './profile.js';

sourceStateSuite(acmeProfile());
