import type { ConfiguredStream, ConnectorSpecification, JsonObject } from '@cuttle/protocol';
import type { HttpPolicy } from '../http/policy.js';
import type { SourceContext } from './context.js';
import type { Stream } from './stream.js';

/** A stream of any slice type, as the read loop handles it: only the stream itself makes and reads its slices. */
export type AnyStream<C> = Stream<C, unknown>;

/** A remote system that is read from. */
export abstract class Source<C> {
  abstract readonly spec: ConnectorSpecification;

  /** The HTTP policy for a config; a source without HTTP leaves it out. */
  http?(config: C): HttpPolicy;

  /**
   * Makes one request for each right that reading needs.
   *
   * @throws {ConfigError} naming the field or right that the user has to change
   */
  abstract check(ctx: SourceContext<C>): Promise<unknown>;

  /**
   * The streams of a config, in a fixed order.
   *
   * @param wanted the configured streams of a read, so that nothing is asked for the others; undefined in `discover`
   * @param stored the stored states by `streamKey`, for sources whose streams share work
   */
  abstract streams(
    ctx: SourceContext<C>,
    wanted?: readonly ConfiguredStream[],
    stored?: ReadonlyMap<string, JsonObject>,
  ): readonly AnyStream<C>[] | Promise<readonly AnyStream<C>[]>;

  /** Slices that are read at the same time, over all streams; default 4. */
  concurrency(_config: C): number {
    return 4;
  }
}
