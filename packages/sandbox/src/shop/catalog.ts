import { bubbleId } from './bubble-id.js';
import { type Ad, type Category, DAY_MS, type Novel, SURPRISE_NOVEL_ID } from './model.js';
import { type Random, randomFor } from './random.js';

const CATEGORY_NAMES = ['art', 'history', 'romantic', 'suprise me'] as const;
const TITLES = [
  'The Long Harbour',
  'Salt and Marble',
  "A Painter's Winter",
  'Letters to Ostend',
  'The Ninth Archive',
  'Café of Small Hours',
  'Under the Linden',
  'Cathedral of Glass',
  'The Weaver 🧵',
  'Three Sundays',
  'An Honest Forgery',
  'Empire of Dust',
  'The Cartographer',
  'Nocturne, in "Blue"',
  'Orchard Street',
  'Vermilion',
  'The Last Ferry',
  'House of Tides',
  'Paper Lanterns',
  'Queen of the Marsh',
  'The Glass Orchard',
  'Winterreise',
  'Between Two Bells',
] as const;

/** Id of the app's owner, who made categories and novels. */
function ownerId(seed: number, openedMs: number): string {
  return bubbleId(openedMs - 10 * DAY_MS, randomFor(seed, 'owner'));
}

/** The four interests; the last is spelled as the app spells it. */
export function makeCategories(seed: number, openedMs: number): Category[] {
  const random = randomFor(seed, 'categories');
  return CATEGORY_NAMES.map((name, index) => {
    const createdMs = openedMs - 9 * DAY_MS + index * 61_003;
    return {
      id: bubbleId(createdMs, random),
      name,
      createdMs,
      modifiedMs: createdMs,
      createdBy: ownerId(seed, openedMs),
    };
  });
}

/** The books, the "surprise me" novel last: its id says when it was made. */
export function makeNovels(seed: number, openedMs: number, categories: readonly Category[]): Novel[] {
  const random = randomFor(seed, 'novels');
  const createdBy = ownerId(seed, openedMs);
  const novels = TITLES.map((title, index): Novel => {
    const createdMs = openedMs - 8 * DAY_MS + index * 3_600_007;
    return {
      id: bubbleId(createdMs, random),
      title,
      priceMinor: random.int(8, 39) * 100 + random.pick([0, 50, 90, 95, 99]),
      image: `//cdn.bubble.example/f${createdMs}x${random.digits(18)}/${encodeURIComponent(title)}.jpg`,
      description: index % 9 === 4 ? undefined : describe(title, random),
      categoryIds: index % 11 === 7 ? [] : pickCategories(random, categories),
      createdMs,
      modifiedMs: createdMs + random.int(0, 20 * DAY_MS),
      createdBy,
    };
  });
  return [...novels, surpriseNovel(categories, createdBy)];
}

function surpriseNovel(categories: readonly Category[], createdBy: string): Novel {
  const createdMs = Number(SURPRISE_NOVEL_ID.split('x')[0]);
  return {
    id: SURPRISE_NOVEL_ID,
    title: 'Surprise me',
    priceMinor: 1_500,
    image: `//cdn.bubble.example/f${createdMs}x1/surprise.jpg`,
    description: 'We choose for you.',
    categoryIds: categories.slice(3).map((category) => category.id),
    createdMs,
    modifiedMs: createdMs,
    createdBy,
  };
}

function describe(title: string, random: Random): string {
  const opening = random.pick(['A quiet book', 'A storm of a book', 'A family, a city, a secret']);
  return `${opening}.\n"${title}" is read in ${random.int(3, 19)} hours.`;
}

function pickCategories(random: Random, categories: readonly Category[]): string[] {
  const plain = categories.slice(0, 3);
  const first = random.int(0, plain.length - 1);
  const count = random.chance(0.35) ? 2 : 1;
  return Array.from({ length: count }, (_, index) => plain[(first + index) % plain.length]!.id);
}

/** Two campaigns of two ad sets of two ads; campaign names are what GA4 sees in `traffic_source.name`. */
export function makeAds(seed: number): Ad[] {
  const random = randomFor(seed, 'ads');
  const ads: Ad[] = [];
  for (const campaignName of ['novel_launch', 'novel_summer']) {
    const campaignId = `2384${random.digits(13)}`;
    for (const audience of ['readers', 'lookalike']) {
      const adSetId = `2384${random.digits(14)}`;
      for (const format of ['carousel', 'video']) {
        const adSetName = `${campaignName} ${audience}`;
        const id = `2384${random.digits(14)}`;
        ads.push({ id, name: `${adSetName} ${format}`, adSetId, adSetName, campaignId, campaignName });
      }
    }
  }
  return ads;
}
