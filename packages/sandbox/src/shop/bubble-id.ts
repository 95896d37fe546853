import type { Random } from './random.js';

/** A Bubble unique id: creation time in milliseconds, `x`, 18 digits. Sortable by creation only. */
export function bubbleId(createdMs: number, random: Random): string {
  return `${createdMs}x${random.digits(18)}`;
}
