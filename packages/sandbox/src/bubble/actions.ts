import { parseTime, type SandboxClock } from '../server/clock.js';
import type { Action, ActionParams } from '../server/control.js';
import { allFields, type BubbleApp, type BubbleEnvironment, type BubbleSettings } from './app.js';
import { valuesByRule } from './generated.js';
import type { BubbleType, OptionSets } from './schema.js';
import type { ThingTable, ThingValues } from './thing-table.js';
import { defineWideTypes } from './wide-types.js';

/**
 * Control actions of the Bubble stand-in. Each takes `environment` (default `live`); those on things take `type`.
 * Values are keyed by display name or field id. Times are ISO texts or milliseconds, default the sandbox's clock.
 */
export function bubbleActions(app: BubbleApp, clock: SandboxClock): Record<string, Action> {
  const environmentOf = (params: ActionParams): BubbleEnvironment => {
    const name = String(params['environment'] ?? 'live');
    if (!app.hasEnvironment(name)) throw new Error(`No environment "${name}"`);
    return app.environment(name);
  };
  const tableOf = (params: ActionParams): ThingTable => environmentOf(params).table(String(params['type']));
  const timeOf = (time: unknown): number => (time === undefined ? clock.now() : parseTime(time as string | number));
  return {
    'bubble.tokens': () => ({ admin: app.adminToken, user: app.userToken }),
    /** Any part of {@link BubbleSettings}; `budget: null` takes the budget away. */
    'bubble.settings': (params) => {
      const { budget, ...rest } = params as Partial<BubbleSettings>;
      Object.assign(app.settings, rest, 'budget' in params ? { budget: budget ?? undefined } : {});
      return app.settings;
    },
    'bubble.branch': ({ name }) => void app.environment(String(name)),
    'bubble.types': (params) => environmentOf(params).types(),
    'bubble.define': (params) => environmentOf(params).define(params['definition'] as BubbleType),
    'bubble.options': (params) => environmentOf(params).defineOptions(params['sets'] as OptionSets),
    'bubble.wide': (params) => defineWideTypes(environmentOf(params)),
    'bubble.insert': (params) => {
      const createdMs = timeOf(params['created']);
      return tableOf(params).insert({
        createdMs,
        modifiedMs: params['modified'] === undefined ? createdMs : timeOf(params['modified']),
        values: fieldIds(environmentOf(params), params),
        ...pickTexts(params, ['id', 'createdBy', 'slug']),
      });
    },
    /** `values` are set (null stays null), fields named in `clear` become empty. */
    'bubble.update': (params) => {
      const cleared = (params['clear'] ?? []) as readonly string[];
      const values = {
        ...(params['values'] as ThingValues),
        ...Object.fromEntries(cleared.map((key) => [key, undefined])),
      };
      const changes = fieldIds(environmentOf(params), { ...params, values });
      return found(tableOf(params).update(String(params['id']), changes, timeOf(params['modified'])), params);
    },
    'bubble.remove': (params) => found(tableOf(params).remove(String(params['id'])), params),
    /** `count` things made by rule: creation at `created` + index * `stepMs` (0 puts all into one millisecond). */
    'bubble.seed': (params) => {
      const type = environmentOf(params).type(String(params['type']));
      if (type === undefined) throw new Error(`No type "${String(params['type'])}"`);
      const startMs = timeOf(params['created']);
      const stepMs = Number(params['stepMs'] ?? 1_000);
      const lagMs = Number(params['modifiedLagMs'] ?? 0);
      const values = valuesByRule(type);
      const createdMs = (index: number): number => startMs + index * stepMs;
      const rule = {
        count: Number(params['count']),
        createdMs,
        modifiedMs: (index: number) => createdMs(index) + lagMs,
        values,
      };
      tableOf(params).insertByRule(rule);
      return tableOf(params).size;
    },
    'bubble.get': (params) => tableOf(params).get(String(params['id'])) ?? null,
    'bubble.count': (params) => tableOf(params).size,
    'bubble.ids': (params) => {
      const table = tableOf(params);
      return table.order('created').map((number) => table.at(number).id);
    },
  };
}

/** Values keyed by field id, whatever the caller used. */
function fieldIds(environment: BubbleEnvironment, params: ActionParams): ThingValues {
  const type = environment.type(String(params['type']));
  const fields = type === undefined ? [] : allFields(type);
  const values = Object.entries((params['values'] ?? {}) as ThingValues);
  return Object.fromEntries(
    values.map(([key, value]) => {
      const field = fields.find((candidate) => candidate.id === key || candidate.display === key);
      if (field === undefined) throw new Error(`Type "${String(params['type'])}" has no field "${key}"`);
      return [field.id, value];
    }),
  );
}

function pickTexts(params: ActionParams, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof params[name] === 'string' ? [[name, params[name] as string]] : [])),
  );
}

function found(isFound: boolean, params: ActionParams): true {
  if (!isFound) throw new Error(`No thing "${String(params['id'])}" of type "${String(params['type'])}"`);
  return true;
}
