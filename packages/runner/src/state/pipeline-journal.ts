import fs from 'node:fs';
import path from 'node:path';
import { diskError, SystemError, TransientError, writeDurably } from '@cuttle/protocol';
import { type LogEntry, RunLog } from '../run/run-log.js';
import { describeHolder, takeLock } from './run-lock.js';
import { safeName } from './safe-name.js';

/** Which pipeline, where. */
export interface PipelineIdentity {
  readonly pipeline: string;
  readonly target: string;
  /** Text that changes when the steps do: what was done of other steps counts for nothing. */
  readonly fingerprint: string;
}

/** What the file of a journal holds. */
interface Progress {
  readonly version: 1;
  readonly fingerprint: string;
  readonly doneSteps: number;
  readonly isFinished: boolean;
}

/**
 * What a pipeline has done: the lock that keeps a second run out, one log of everything
 * (`.cuttle/runs/pipeline <name>/<start>.jsonl`), and the number of steps that are done, so that a run after a failure
 * or a crash can go on with the step that failed.
 */
export class PipelineJournal {
  readonly logFile: string;
  /** Steps from the first that need not be run. */
  readonly doneSteps: number;
  private readonly identity: PipelineIdentity;
  private readonly file: string;
  private readonly log: RunLog;
  private readonly clock: () => number;
  private readonly release: () => void;

  /**
   * @param folder the `.cuttle` folder
   * @param isResumed whether to go on after the last step that was done
   * @param clock milliseconds since the epoch
   * @throws {TransientError} `PIPELINE_LOCKED` while another run holds the pipeline
   * @throws {SystemError} `JOURNAL_NOT_WRITTEN`, `DISK_FULL`, and what {@link takeLock} throws
   */
  constructor(folder: string, identity: PipelineIdentity, isResumed: boolean, clock: () => number = Date.now) {
    const name = `pipeline ${identity.pipeline}`;
    const startedAt = new Date(clock()).toISOString();
    const lock = takeLock(folder, name, identity.target, startedAt);
    if (lock.kind === 'held') {
      const by = describeHolder(lock.file, lock.holder);
      throw new TransientError(`The ${name} is already running: ${by}`, { code: 'PIPELINE_LOCKED' });
    }
    this.release = lock.release;
    this.identity = identity;
    this.clock = clock;
    const folderOfFiles = path.join(folder, 'pipelines');
    this.file = path.join(folderOfFiles, `${safeName(identity.pipeline)}@${safeName(identity.target)}.json`);
    try {
      this.log = new RunLog(folder, name, startedAt);
      this.logFile = this.log.file;
      this.doneSteps = isResumed ? this.stepsDoneBefore() : 0;
      this.save(this.doneSteps, false);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Notes that a step begins. */
  begin(names: readonly string[]): void {
    this.note({ type: 'step', names });
  }

  /** Notes that so many steps from the first are done. */
  finish(doneSteps: number, isFinished: boolean): void {
    this.save(doneSteps, isFinished);
  }

  /** Writes to the log. */
  note(entry: LogEntry): void {
    this.log.write(new Date(this.clock()).toISOString(), entry);
  }

  /** Gives up the lock and closes the log. */
  close(): void {
    this.log.close();
    this.release();
  }

  private stepsDoneBefore(): number {
    try {
      const progress = JSON.parse(fs.readFileSync(this.file, 'utf8')) as Progress;
      const isSame = progress.version === 1 && progress.fingerprint === this.identity.fingerprint;
      return isSame && !progress.isFinished && Number.isInteger(progress.doneSteps) ? progress.doneSteps : 0;
    } catch {
      // Never run, or cut off: everything is run.
      return 0;
    }
  }

  private save(doneSteps: number, isFinished: boolean): void {
    const progress: Progress = { version: 1, fingerprint: this.identity.fingerprint, doneSteps, isFinished };
    try {
      fs.mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
      writeDurably(this.file, `${JSON.stringify(progress, null, 2)}\n`, { temporary: `${this.file}.tmp` });
    } catch (error) {
      const known = diskError(error, path.dirname(this.file));
      if (known !== error) throw known;
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw new SystemError(`What the pipeline has done cannot be noted in ${this.file} (${reason}).`, {
        code: 'JOURNAL_NOT_WRITTEN',
        cause: error,
      });
    }
  }
}
