import {
  crashSuite,
  dedupSuite,
  exactlyOnceSuite,
  modeSuite,
  protocolSuite,
  scalarSuite,
  tableSuite,
  typeSuite,
} from '@cuttle/testing';
import { liveLane } from './lane.js';
import { liveProfile } from './profile.js';

liveLane('destination-snowflake-merge, live', () => {
  const profile = liveProfile();
  for (const suite of [
    protocolSuite,
    modeSuite,
    exactlyOnceSuite,
    dedupSuite,
    typeSuite,
    scalarSuite,
    tableSuite,
    crashSuite,
  ])
    describe(suite.name, () => suite(profile));
});
