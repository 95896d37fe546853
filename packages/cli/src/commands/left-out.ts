import type { PlannedStep } from '@cuttle/runner';

/** A step that a target cannot do: the run goes on without it and says so. */
export function leftOut(name: string, reason: string): PlannedStep {
  const summary = `left out: ${reason}`;
  return { kind: 'action', name, run: async () => ({ outcome: 'succeeded', summary, errors: [] }) };
}
