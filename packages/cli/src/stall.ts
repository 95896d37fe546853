import { SystemError } from '@cuttle/protocol';

/**
 * Listens for an event loop that ran dry: a command that has not ended by then never will, and Node alone would exit
 * with 0.
 *
 * @param name the command, for the message
 * @param onStall gets the error; the exit code is 1 unless it sets another one
 * @returns takes the listener off again
 */
export function watchStall(name: string, onStall: (error: SystemError) => void): () => void {
  const listener = (): void => {
    process.exitCode = 1;
    const message = `\`cuttle ${name}\` stopped before it was finished: what it waits for can no longer come. Run it again; if it stops again, report it as a defect.`;
    onStall(new SystemError(message, { code: 'COMMAND_STALLED' }));
  };
  process.once('beforeExit', listener);
  return () => {
    process.off('beforeExit', listener);
  };
}
