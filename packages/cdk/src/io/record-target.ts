import {
  type ConfiguredStream,
  type FieldPath,
  keyPaths,
  type RecordPrefix,
  recordPrefix,
  type StreamDescriptor,
  SystemError,
  streamLabel,
} from '@cuttle/protocol';

/** Where records go: a stream, its constant envelope, and the key that each record must have. */
export interface RecordTarget {
  readonly stream: StreamDescriptor;
  readonly prefix: RecordPrefix;
  /** Key paths of which one must be neither null nor absent; empty where rows are not deduplicated. */
  readonly keys: readonly FieldPath[];
}

/**
 * The target of a configured stream. The key is checked under `append_dedup` only: there the platform ends the sync on
 * a record whose key fields are all null, without saying where it came from.
 */
export function recordTarget(configured: ConfiguredStream): RecordTarget {
  const { name, namespace } = configured.stream;
  const stream: StreamDescriptor = namespace == null ? { name } : { name, namespace };
  const keys = configured.destination_sync_mode === 'append_dedup' ? keyPaths(configured) : [];
  return { stream, prefix: recordPrefix(stream), keys };
}

/** Whether one of the key paths leads to a value in a record. */
export function hasKey(record: unknown, keys: readonly FieldPath[]): boolean {
  return keys.some((path) => {
    let value: unknown = record;
    for (const part of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return false;
      value = (value as Record<string, unknown>)[part];
    }
    return value !== null && value !== undefined;
  });
}

/** The error for a record that the platform would drop or reject; it names the stream, never the content. */
export function rejectedRecord(target: RecordTarget, problem: string): SystemError {
  return new SystemError(`A record of stream "${streamLabel(target.stream)}" cannot be sent: ${problem}.`, {
    code: 'RECORD_REJECTED',
    stream: target.stream,
  });
}

/** The error for a record without any key value. */
export function missingKey(target: RecordTarget): SystemError {
  const fields = target.keys.map((path) => path.join('.')).join(', ');
  return rejectedRecord(target, `all fields of its primary key (${fields}) are null`);
}
