import type { Statement } from './dialect.js';
import type { CommitContext } from './stream-commit.js';
import { planCommit } from './stream-commit.js';
import { removeFiles, type StreamLoad, type Taken } from './stream-load.js';

const MOST_STREAMS = 32;
const MOST_RECORDS = 2000;

/** How a stream is settled in the transaction of its last rows. */
export interface SettlingBehind {
  /** The rows take the place of the final table's at once, not through the side table. */
  readonly goesStraight: boolean;
  readonly statements: () => readonly Statement[];
}

/** A stream's part of a commit that is shared. */
interface Member {
  readonly statements: readonly Statement[];
  readonly records: number;
  /** Notes that the rows are durable. */
  readonly finish: () => void;
  readonly release: () => Promise<void>;
}

/**
 * Small parts of several streams, committed in one transaction: for a thousand streams of a few rows each, transactions
 * would take longer than the rows. Only parts whose rows are read already take part, since one bad row would undo them all.
 */
export class CommitGroup {
  readonly #commit: (statements: readonly Statement[]) => Promise<void>;
  #members: Member[] = [];

  constructor(commit: (statements: readonly Statement[]) => Promise<void>) {
    this.#commit = commit;
  }

  /**
   * Takes a stream's part when it can be shared. What is in the group is committed when it is full.
   *
   * @param settling how the stream is settled behind its rows, when these are its last
   * @param onDone called when the rows are durable
   * @returns whether the part was taken
   */
  async take(
    context: CommitContext,
    load: StreamLoad,
    part: Taken,
    settling: SettlingBehind | undefined,
    onDone: () => void,
  ): Promise<boolean> {
    const planned = await planCommit(context, load, part, settling?.goesStraight === true);
    if (planned === undefined) return false;
    const { statements, segments, records, finish, release } = planned;
    this.#members.push({
      statements: [...statements, ...(settling?.statements() ?? [])],
      records,
      finish: () => {
        finish();
        removeFiles(segments);
        onDone();
      },
      release,
    });
    const total = this.#members.reduce((sum, member) => sum + member.records, 0);
    if (this.#members.length >= MOST_STREAMS || total >= MOST_RECORDS) await this.flush();
    return true;
  }

  /** Commits what is in the group. */
  async flush(): Promise<void> {
    const members = this.#members;
    this.#members = [];
    if (members.length === 0) return;
    try {
      await this.#commit(members.flatMap(({ statements }) => statements));
      for (const { finish } of members) finish();
    } finally {
      for (const { release } of members) await release();
    }
  }
}
