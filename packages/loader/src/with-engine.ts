import { ConfigError, diskError } from '@cuttle/protocol';
import { Engine } from './engine.js';
import { createStagingFolder, removeStagingFolder } from './staging-folder.js';

/** What a load needs of the machine. */
export interface EngineNeeds {
  /** Parent of the staging folder; default the system's folder for temporary files. */
  readonly stagingPath: string | undefined;
  /** Bound of the engine's own memory in MB. */
  readonly memoryMb: number;
  /** Told each statement of the engine, with the staging folder that stands in it. */
  readonly onStatement?: (sql: string, folder: string) => void;
}

/**
 * Runs work with an engine and a staging folder, both of which are gone afterwards.
 *
 * @throws {ConfigError} `STAGING_NOT_WRITABLE`, {SystemError} `DISK_FULL` naming the folder
 */
export async function withEngine(
  { stagingPath, memoryMb, onStatement = () => undefined }: EngineNeeds,
  work: (engine: Engine, folder: string) => Promise<void>,
): Promise<void> {
  const folder = stagingFolder(stagingPath);
  try {
    const engine = await Engine.open({ folder, memoryMb, onStatement: (sql) => onStatement(sql, folder) });
    try {
      await work(engine, folder);
    } finally {
      engine.close();
    }
  } catch (error) {
    throw diskError(error, `the staging folder ${folder}`);
  } finally {
    removeStagingFolder(folder);
  }
}

function stagingFolder(parent: string | undefined): string {
  try {
    return createStagingFolder(parent);
  } catch (error) {
    const known = diskError(error, `the staging folder${parent === undefined ? '' : ` ${parent}`}`);
    if (known !== error) throw known;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      `The staging folder${parent === undefined ? '' : ` (staging_path ${parent})`} cannot be written: ${reason}. Name another in staging_path.`,
      { code: 'STAGING_NOT_WRITABLE', cause: error },
    );
  }
}
