import { recordHead, type StreamDescriptor, streamKey } from '@cuttle/protocol';
import type { RecordTransform } from '../transform/record-transform.js';

/** What happens to the records of one stream, and what was counted. */
export interface StreamRoute {
  readonly source: StreamDescriptor;
  readonly destination: StreamDescriptor;
  /** Undefined: the data passes unparsed. */
  readonly transform: RecordTransform | undefined;
  /** Whether records are forwarded without any change. */
  readonly isUnchanged: boolean;
  /** How a record of our own writers begins, up to the comma behind the stream. */
  readonly head: Buffer;
  /** What stands there at the destination. */
  readonly mappedHead: Buffer;
  /** Name and namespace at the destination as JSON texts; the namespace may be `null`. */
  readonly mappedName: Buffer;
  readonly mappedNamespace: Buffer;
  /** Records read from the source, those that a filter removed included. */
  records: number;
  /** Bytes of their lines, newlines included. */
  bytes: number;
  /** Records that a filter removed, in all and since the last state. */
  filtered: number;
  filteredSinceState: number;
}

/** A stream as the source names it and as the destination does. */
export interface StreamMapping {
  readonly source: StreamDescriptor;
  readonly destination: StreamDescriptor;
  readonly transform?: RecordTransform;
}

/** The route of a stream. */
function streamRoute(mapping: StreamMapping): StreamRoute {
  const { source, destination, transform } = mapping;
  return {
    source,
    destination,
    transform,
    isUnchanged: transform === undefined && streamKey(source) === streamKey(destination),
    head: Buffer.from(`${recordHead(source)},`),
    mappedHead: Buffer.from(`${recordHead(destination)},`),
    mappedName: Buffer.from(JSON.stringify(destination.name)),
    mappedNamespace: Buffer.from(JSON.stringify(destination.namespace ?? null)),
    records: 0,
    bytes: 0,
    filtered: 0,
    filteredSinceState: 0,
  };
}

/** Finds routes by the source's descriptor, and by the head of a line. */
export class StreamRoutes {
  readonly all: readonly StreamRoute[];
  private readonly byKey: ReadonlyMap<string, StreamRoute>;
  private readonly byDestination: ReadonlyMap<string, StreamRoute>;
  /** Only heads that tell the stream for sure; key is the JSON text of the name, as latin1. */
  private readonly byHeadName: ReadonlyMap<string, StreamRoute>;

  constructor(mappings: readonly StreamMapping[]) {
    this.all = mappings.map(streamRoute);
    this.byKey = new Map(this.all.map((route) => [streamKey(route.source), route]));
    this.byDestination = new Map(this.all.map((route) => [streamKey(route.destination), route]));
    const names = this.all.map((route) => route.source.name);
    // A head without namespace is no proof where one name stands in several namespaces: the key may come later.
    const certain = this.all.filter((route) => names.filter((name) => name === route.source.name).length === 1);
    this.byHeadName = new Map(
      certain.map((route) => [Buffer.from(JSON.stringify(route.source.name)).toString('latin1'), route]),
    );
  }

  find(stream: StreamDescriptor): StreamRoute | undefined {
    return this.byKey.get(streamKey(stream));
  }

  findByDestination(stream: StreamDescriptor): StreamRoute | undefined {
    return this.byDestination.get(streamKey(stream));
  }

  /** @param name a JSON text with its quotes, read as latin1 */
  findByHeadName(name: string): StreamRoute | undefined {
    return this.byHeadName.get(name);
  }
}
