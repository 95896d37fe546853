import { type Counts, cutCounts } from './delivery.js';

/** A row of a report before it is rendered: its numbers and the values of its breakdowns. */
export interface BrokenDown {
  readonly counts: Counts;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Values of each breakdown with their weights. What is not here has the one value "unknown". */
const VALUES: Readonly<Record<string, readonly (readonly [unknown, number])[]>> = {
  age: [
    ['25-34', 5],
    ['35-44', 3],
    ['45-54', 2],
  ],
  gender: [
    ['female', 3],
    ['male', 2],
  ],
  country: [
    ['BE', 3],
    ['NL', 1],
  ],
  region: [
    ['Flanders', 3],
    ['Brussels-Capital', 1],
  ],
  dma: [['Unknown', 1]],
  device_platform: [
    ['mobile_app', 4],
    ['desktop', 1],
  ],
  publisher_platform: [
    ['facebook', 2],
    ['instagram', 1],
  ],
  platform_position: [
    ['feed', 3],
    ['instagram_stories', 1],
  ],
  impression_device: [
    ['android_smartphone', 2],
    ['desktop', 1],
  ],
  product_id: [['1001, The Long Harbour', 1]],
};

/** A row cut by all values of the breakdowns; parts without an impression are left out, as the API does. */
export function breakDown(counts: Counts, breakdowns: readonly string[]): BrokenDown[] {
  return breakdowns
    .reduce<BrokenDown[]>(
      (rows, breakdown) => {
        const choices = valuesOf(breakdown);
        return rows.flatMap((row) =>
          cutCounts(
            row.counts,
            choices.map(([, weight]) => weight),
          ).map((part, index) => ({
            counts: part,
            values: { ...row.values, [breakdown]: choices[index]?.[0] },
          })),
        );
      },
      [{ counts, values: {} }],
    )
    .filter((row) => row.counts.impressions > 0);
}

function valuesOf(breakdown: string): readonly (readonly [unknown, number])[] {
  // Asset breakdowns are objects with an id.
  if (breakdown.endsWith('_asset')) return [[{ id: '23849001', text: `A ${breakdown}` }, 1]];
  return VALUES[breakdown] ?? [['unknown', 1]];
}
