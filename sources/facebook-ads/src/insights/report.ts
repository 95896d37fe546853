import { createHash } from 'node:crypto';
import { ConfigError, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import type { CustomInsights, FacebookAdsConfig, Level } from '../config.js';
import type { GraphFields } from '../graph-fields.js';
import type { FieldKind } from '../schema/field-kind.js';
import { defaultFields, insightKind, insightKinds } from '../schema/insight-fields.js';
import { periodStart, type TimeIncrement } from './periods.js';

/** What an insights stream asks for. */
export interface Report {
  readonly name: string;
  readonly level: Level;
  /** Sorted; those of the key are among them. */
  readonly fields: readonly string[];
  readonly breakdowns: readonly string[];
  readonly actionBreakdowns: readonly string[];
  readonly actionReportTime: string;
  readonly timeIncrement: TimeIncrement;
  /** Days; undefined for the bounds that Meta sets. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly lookbackDays: number;
  readonly jobTimeoutMs: number;
  /** Effective statuses to read, at the level of the rows. */
  readonly statuses: readonly string[];
}

/** Windows of attribution whose numbers are read. */
export const WINDOWS = ['1d_click', '7d_click', '28d_click', '1d_view'];

/** Breakdowns that come as objects; their id is a field of its own, since no object can be in a key. */
const OBJECT_BREAKDOWNS = new Set([
  'body_asset',
  'call_to_action_asset',
  'description_asset',
  'image_asset',
  'link_url_asset',
  'title_asset',
  'video_asset',
]);

const TYPE = ['action_type'];
const DEFAULT_ACTIONS = ['action_type', 'action_target_id', 'action_destination'];

/** Breakdowns and action breakdowns of the preset streams, by what follows `ads_insights`. */
const PRESETS: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  '': [[], DEFAULT_ACTIONS],
  _action_carousel_card: [[], ['action_carousel_card_id', 'action_carousel_card_name']],
  _action_conversion_device: [['device_platform'], TYPE],
  _action_product_id: [['product_id'], TYPE],
  _action_reaction: [[], ['action_reaction']],
  _action_type: [[], TYPE],
  _action_video_sound: [[], ['action_video_sound']],
  _action_video_type: [[], ['action_video_type']],
  _age_and_gender: [['age', 'gender'], DEFAULT_ACTIONS],
  _country: [['country'], DEFAULT_ACTIONS],
  _delivery_device: [['device_platform'], TYPE],
  _delivery_platform: [['publisher_platform'], TYPE],
  _delivery_platform_and_device_platform: [['publisher_platform', 'device_platform'], TYPE],
  _demographics_age: [['age'], TYPE],
  _demographics_country: [['country'], TYPE],
  _demographics_dma_region: [['dma'], TYPE],
  _demographics_gender: [['gender'], TYPE],
  _dma: [['dma'], DEFAULT_ACTIONS],
  _platform_and_device: [['publisher_platform', 'platform_position', 'impression_device'], TYPE],
  _region: [['region'], DEFAULT_ACTIONS],
};

/**
 * The reports of a config: the presets, then the custom ones.
 *
 * @throws {ConfigError} `STREAM_TWICE` when two custom ones have the same name
 */
export function reportsOf(config: FacebookAdsConfig, names: GraphFields): readonly Report[] {
  const presets = Object.entries(PRESETS).map(([suffix, [breakdowns, action_breakdowns]]) =>
    makeReport(config, names, { ...PLAIN, name: `ads_insights${suffix}`, breakdowns, action_breakdowns }),
  );
  const custom = config.custom_insights.map((own) => makeReport(config, names, { ...own, name: `custom${own.name}` }));
  const twice = custom.find(({ name }, index) => custom.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) {
    const message = `Two custom_insights make the stream "${twice.name}". Give them different names.`;
    throw new ConfigError(message, { code: 'STREAM_TWICE' });
  }
  return [...presets, ...custom];
}

const PLAIN = { level: 'ad', fields: [], action_report_time: 'mixed', period: 'days', time_increment: 1 } as const;

function makeReport(config: FacebookAdsConfig, names: GraphFields, own: CustomInsights): Report {
  const { level } = own;
  const wanted = own.fields.length === 0 ? fieldsAt(level) : own.fields;
  const timeIncrement = own.period === 'days' ? own.time_increment : own.period;
  const start = (own.start_date ?? config.start_date)?.slice(0, 10);
  return {
    name: own.name,
    level,
    fields: [...new Set([...wanted, ...idFields(level)])].filter((field) => !/^date_st/.test(field)).sort(),
    breakdowns: own.breakdowns,
    actionBreakdowns: own.action_breakdowns.length === 0 ? DEFAULT_ACTIONS : own.action_breakdowns,
    actionReportTime: own.action_report_time,
    timeIncrement,
    start: start === undefined ? undefined : periodStart(start, timeIncrement),
    end: (own.end_date ?? config.end_date)?.slice(0, 10),
    lookbackDays: own.insights_lookback_window ?? config.insights_lookback_window,
    jobTimeoutMs: (own.insights_job_timeout ?? config.insights_job_timeout) * 60_000,
    statuses: statusesOf(config, names, statusLevel(level)),
  };
}

/** The level whose status is asked for: an account has none, so that of its campaigns. */
export function statusLevel(level: Level): Exclude<Level, 'account'> {
  return level === 'account' ? 'campaign' : level;
}

/**
 * Statuses to read. Meta leaves archived and deleted objects out unless they are asked for, so an empty choice asks for
 * every status by name.
 */
export function statusesOf(
  config: FacebookAdsConfig,
  names: GraphFields,
  level: Exclude<Level, 'account'>,
): readonly string[] {
  const chosen = config[`${level}_statuses`];
  return chosen.length === 0 ? names.statuses[level] : chosen;
}

/** Fields that tell rows apart besides day and breakdowns. */
export function idFields(level: Level): readonly string[] {
  return level === 'account' ? ['account_id'] : ['account_id', `${level}_id`];
}

/**
 * Names of the key's fields: the same for every row of a report. A row of all days is the only one of its object, whatever
 * days it has by now, so no day is in its key.
 */
export function keyFields({ level, breakdowns, timeIncrement }: Report): readonly string[] {
  const day = timeIncrement === 'all_days' ? [] : ['date_start'];
  return [...day, ...idFields(level), ...breakdowns.map(keyOfBreakdown)];
}

/** The field that orders rows: a row of all days begins on the same day each time, and the newest one ends last. */
export function cursorField({ timeIncrement }: Report): 'date_start' | 'date_stop' {
  return timeIncrement === 'all_days' ? 'date_stop' : 'date_start';
}

/** The field that holds the value of a breakdown, or its id. */
function keyOfBreakdown(breakdown: string): string {
  return OBJECT_BREAKDOWNS.has(breakdown) ? `${breakdown}_id` : breakdown;
}

/** A row with the ids of breakdowns that come as objects. */
export function withBreakdownIds({ breakdowns }: Report, row: JsonObject): JsonObject {
  const found = breakdowns.filter((breakdown) => OBJECT_BREAKDOWNS.has(breakdown));
  if (found.length === 0) return row;
  const ids = found.map((breakdown): [string, Json] => {
    const value = row[breakdown];
    return [keyOfBreakdown(breakdown), isJsonObject(value) ? (value['id'] ?? null) : null];
  });
  return { ...row, ...Object.fromEntries(ids) };
}

/** What tells a row apart, as a text. */
export function rowKey(row: JsonObject, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => row[key] ?? null));
}

/** Fields of a report's rows with their kinds. */
export function reportFields({ fields, breakdowns }: Report): ReadonlyMap<string, FieldKind> {
  const kinds = insightKinds();
  const own = fields.map((field) => [field, insightKind(field, kinds)] as const);
  const cut = breakdowns.flatMap((breakdown): (readonly [string, FieldKind])[] =>
    OBJECT_BREAKDOWNS.has(breakdown)
      ? [
          [breakdown, 'object'],
          [keyOfBreakdown(breakdown), 'text'],
        ]
      : [[breakdown, 'text']],
  );
  return new Map([...own, ['date_start', 'date'], ['date_stop', 'date'], ...cut]);
}

/** A short text that is another one when rows would look different: what was read before then has to be read again. */
export function reportVersion(report: Report): string {
  const { level, fields, breakdowns, actionBreakdowns, actionReportTime, statuses } = report;
  const content = [level, fields, breakdowns, actionBreakdowns, actionReportTime, [...statuses].sort(), WINDOWS];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}

/** Default fields that rows of a level have. */
function fieldsAt(level: Level): readonly string[] {
  const levels = ['account', 'campaign', 'adset', 'ad'];
  const below = levels.slice(levels.indexOf(level) + 1);
  const isBelow = (field: string): boolean =>
    below.some((lower) => field === `${lower}_id` || field === `${lower}_name`) ||
    (level !== 'ad' && field.endsWith('_ranking'));
  return defaultFields().filter((field) => !isBelow(field));
}
