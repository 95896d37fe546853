import { runDestinationIn } from '@cuttle/airbyte-cdk';
import { type DestinationProfile, duckdbProfile } from '@cuttle/testing';
import { DuckdbDestination } from '../src/index.js';

/** The destination's profile, with its entry for runs that need no process of their own. */
export function profileInProcess(): DestinationProfile {
  return duckdbProfile((host) => runDestinationIn(new DuckdbDestination(), host));
}
