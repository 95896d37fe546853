import { parameterError } from './graph-error.js';
import { moveDay } from './zone-time.js';

/** A condition of a list or report. */
export interface Filter {
  readonly field: string;
  readonly operator: 'IN' | 'EQUAL' | 'GREATER_THAN';
  readonly value: unknown;
}

/** A report as `POST /act_<id>/insights` asks for it. Days are `YYYY-MM-DD`, both inclusive. */
export interface ReportRequest {
  readonly level: 'ad' | 'adset' | 'campaign' | 'account';
  readonly fields: readonly string[];
  readonly since: string;
  readonly until: string;
  /** Days in a row, calendar months, or one row of all days. */
  readonly increment: number | 'monthly' | 'all_days';
  readonly breakdowns: readonly string[];
  readonly actionBreakdowns: readonly string[];
  readonly windows: readonly string[];
  readonly filters: readonly Filter[];
}

/**
 * The request of a set of parameters. Lists are JSON, as in the vendor's examples, or separated by commas.
 *
 * @param today the account's day, default end of the range
 * @throws {GraphError} 100 for a parameter that is wrong
 */
export function parseReport(params: URLSearchParams, today: string): ReportRequest {
  const range = jsonParam(params, 'time_range') as { since?: string; until?: string } | undefined;
  const since = range?.since ?? moveDay(today, -30);
  const until = range?.until ?? today;
  const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDay(since) || !isDay(until) || since > until) throw parameterError('Must be a valid time_range');
  const level = params.get('level') ?? 'account';
  if (!isLevel(level)) throw parameterError(`Param level must be one of {"ad", "adset", "campaign", "account"}`);
  const actionBreakdowns = listParam(params, 'action_breakdowns');
  return {
    level,
    fields: listParam(params, 'fields'),
    since,
    until,
    increment: incrementOf(params.get('time_increment') ?? 'all_days'),
    breakdowns: listParam(params, 'breakdowns'),
    actionBreakdowns: actionBreakdowns.length === 0 ? ['action_type'] : actionBreakdowns,
    windows: listParam(params, 'action_attribution_windows'),
    filters: parseFilters(params),
  };
}

function incrementOf(text: string): ReportRequest['increment'] {
  if (text === 'monthly' || text === 'all_days') return text;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 90) return days;
  throw parameterError('Param time_increment must be "monthly", "all_days" or an integer between 1 and 90');
}

/**
 * Conditions of a request.
 *
 * @throws {GraphError} 100 for a condition that is not understood
 */
export function parseFilters(params: URLSearchParams): readonly Filter[] {
  const filters = jsonParam(params, 'filtering') ?? [];
  if (!Array.isArray(filters)) throw parameterError('Param filtering must be an array.');
  for (const { field, operator } of filters as readonly Partial<Filter>[]) {
    const isKnown = typeof field === 'string' && ['IN', 'EQUAL', 'GREATER_THAN'].includes(String(operator));
    if (!isKnown) throw parameterError('Filtering field or operator is invalid');
  }
  return filters as readonly Filter[];
}

/** A list of texts: JSON or separated by commas. */
export function listParam(params: URLSearchParams, name: string): readonly string[] {
  const text = params.get(name) ?? '';
  if (text === '') return [];
  if (!text.startsWith('[')) return text.split(',');
  const list = jsonParam(params, name);
  if (!Array.isArray(list)) throw parameterError(`Param ${name} must be an array.`);
  return list.map(String);
}

/** Whether a value meets a condition. */
export function meets({ operator, value }: Filter, actual: unknown): boolean {
  if (operator === 'IN') return Array.isArray(value) && value.map(String).includes(String(actual));
  if (operator === 'EQUAL') return String(actual) === String(value);
  return Number(actual) > Number(value);
}

function jsonParam(params: URLSearchParams, name: string): unknown {
  const text = params.get(name);
  if (text === null || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw parameterError(`Param ${name} must be valid JSON`);
  }
}

function isLevel(text: string): text is ReportRequest['level'] {
  return ['ad', 'adset', 'campaign', 'account'].includes(text);
}
