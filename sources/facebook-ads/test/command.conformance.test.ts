import { sourceCommandSuite } from '@cuttle/testing';
import { facebookProfile } from './profile.js';

sourceCommandSuite(facebookProfile());
