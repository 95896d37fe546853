import { bubbleId } from './bubble-id.js';
import { type Ad, type Category, DAY_MS, type TrafficSource, type User } from './model.js';
import { type Random, randomFor } from './random.js';

const FEMALE = ['Anna', 'Léa', 'Sofía', 'Mila', 'Zoë', 'Nora', 'Ingrid', 'Chloé'] as const;
const MALE = ['Jan', 'Luca', 'Mateo', 'Émile', 'Noah', 'Søren', 'Björn', 'Piet'] as const;
const LAST = ['Peeters', 'Janssens', "O'Brien", 'García', 'Müller', 'de Vries', 'Novák', 'Rossi', 'Łukasik'] as const;
const COUNTRIES = ['BE', 'BE', 'BE', 'NL', 'NL', 'FR', 'DE', 'ES', 'IT'] as const;

/** The people who signed up, spread over the first 80 % of the period, in order of creation. */
export function makeUsers(
  seed: number,
  count: number,
  openedMs: number,
  closedMs: number,
  categories: readonly Category[],
): User[] {
  const random = randomFor(seed, 'users');
  const span = (closedMs - openedMs) * 0.8;
  return Array.from({ length: count }, (_, index) => {
    const createdMs = openedMs + Math.floor((span * index) / count) + random.int(0, 999);
    return makeUser(random, index, createdMs, closedMs, categories);
  });
}

function makeUser(
  random: Random,
  index: number,
  createdMs: number,
  closedMs: number,
  categories: readonly Category[],
): User {
  const gender = random.chance(0.05) ? undefined : random.pick(['male', 'female'] as const);
  const firstName = random.pick(gender === 'male' ? MALE : FEMALE);
  const interestCount = random.int(0, 2);
  const first = random.int(0, 3);
  return {
    id: bubbleId(createdMs, random),
    email: `reader${index + 1}@novel.example`,
    firstName,
    lastName: random.chance(0.06) ? undefined : random.pick(LAST),
    gender,
    country: random.pick(COUNTRIES),
    interestIds: Array.from({ length: interestCount }, (_, offset) => categories[(first + offset) % 4]!.id),
    stripeCustomerId: undefined,
    pseudoId: random.chance(0.08) ? undefined : `${random.digits(9)}.${Math.floor(createdMs / 1000)}`,
    createdMs,
    modifiedMs: Math.min(closedMs, createdMs + random.int(0, 30 * DAY_MS)),
  };
}

/** Where a visitor came from: about a third from ads, with the campaign's name. */
export function pickTrafficSource(random: Random, ads: readonly Ad[]): TrafficSource {
  const draw = random.next();
  if (draw < 0.34) {
    const ad = random.pick(ads);
    return { source: 'facebook', medium: 'cpc', name: ad.campaignName, ad };
  }
  if (draw < 0.6) return { source: 'google', medium: 'organic', name: '(organic)' };
  if (draw < 0.72) return { source: 'newsletter', medium: 'email', name: 'weekly' };
  return { source: '(direct)', medium: '(none)', name: '(direct)' };
}
