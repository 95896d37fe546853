import { sourceCommandSuite } from '@cuttle/testing';
import { acmeProfile } from './profile.js';

sourceCommandSuite(acmeProfile());
