import { isNativeError } from 'node:util/types';
import type { FailureType, StreamDescriptor } from './message.js';

/** What an error of ours carries besides its message. */
export interface ConnectorErrorOptions {
  /** Stable forever, `CONFIG_MISSING_FIELD` style. */
  readonly code: string;
  /** For a developer: what was seen. Never shown as the headline. */
  readonly internalMessage?: string;
  /** The stream that the error belongs to, if it is one stream's. */
  readonly stream?: StreamDescriptor;
  readonly cause?: unknown;
}

/** Marks our errors so that they are recognised across two installed copies of this package. */
const FAILURE_TYPE = Symbol.for('cuttle.failureType');

/** Base of the three error classes; what happened, which field or stream, what to do stands in `message`. */
export abstract class ConnectorError extends Error {
  abstract readonly failureType: FailureType;
  readonly code: string;
  readonly internalMessage: string | undefined;
  readonly stream: StreamDescriptor | undefined;

  constructor(message: string, options: ConnectorErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.internalMessage = options.internalMessage;
    this.stream = options.stream;
  }
}

/** Thrown when the user has to change something: a wrong key, a missing right, an unknown stream. */
export class ConfigError extends ConnectorError {
  readonly failureType = 'config_error';
  readonly [FAILURE_TYPE] = 'config_error';
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasFailureType(value, 'config_error');
  }
}

/** Thrown after our own retries when the same call may succeed later. */
export class TransientError extends ConnectorError {
  readonly failureType = 'transient_error';
  readonly [FAILURE_TYPE] = 'transient_error';
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasFailureType(value, 'transient_error');
  }
}

/** Thrown for a defect of ours or an answer that we do not understand. */
export class SystemError extends ConnectorError {
  readonly failureType = 'system_error';
  readonly [FAILURE_TYPE] = 'system_error';
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasFailureType(value, 'system_error');
  }
}

function hasFailureType(value: unknown, failureType: FailureType): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly [FAILURE_TYPE]?: unknown })[FAILURE_TYPE] === failureType
  );
}

/** One of our three classes, made by any installed copy of this package. */
export type KnownError = ConfigError | TransientError | SystemError;

/** Whether an error is one of our three classes. */
export function isKnownError(value: unknown): value is KnownError {
  return value instanceof ConfigError || value instanceof TransientError || value instanceof SystemError;
}

/**
 * An error of a file operation as `DISK_FULL` with the folder, when there is no space left; else the error as it is. The
 * system's own error does not say which file it is about.
 */
export function diskError(error: unknown, folder: string): unknown {
  return isFull(error) ? diskFull(error, folder) : error;
}

function isFull(error: unknown): error is NodeError {
  return isNativeError(error) && ['ENOSPC', 'EDQUOT'].includes(String((error as NodeError).code));
}

interface NodeError extends Error {
  readonly code?: unknown;
  readonly path?: unknown;
}

function diskFull(error: NodeError, place: string): SystemError {
  const message = `The disk is full or the quota is used up: ${place}. Free space and run again; what was acknowledged is kept.`;
  return new SystemError(message, { code: 'DISK_FULL', internalMessage: error.message, cause: error });
}

/** Any thrown value as one of our three classes; what we do not know becomes a SystemError with code `UNEXPECTED`. */
export function toKnownError(value: unknown): KnownError {
  if (isKnownError(value)) return value;
  if (isFull(value)) return diskFull(value, typeof value.path === 'string' ? value.path : 'a file of this run');
  const message = value instanceof Error ? value.message : String(value);
  return new SystemError(message, { code: 'UNEXPECTED', cause: value });
}
