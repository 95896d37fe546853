import { LineSplitter, SystemError } from '@cuttle/protocol';

/** Takes whole lines as ranges of a buffer. */
export interface LineSink {
  /** `buffer[end]` is the newline when there is one: it is there for every line but an unfinished last one. */
  line(buffer: Buffer, start: number, end: number): void;
}

/**
 * Cuts what a connector writes into lines; `push` throws a SystemError `LINE_TOO_LONG` for a longer one.
 *
 * @param maxLineBytes longest line, newline not counted
 */
export function connectorLines(sink: LineSink, maxLineBytes: number): LineSplitter {
  return new LineSplitter((buffer, start, end) => sink.line(buffer, start, end), {
    maxLineBytes,
    tooLong: (bytes) =>
      new SystemError(`A line is longer than ${maxLineBytes} bytes.`, {
        code: 'LINE_TOO_LONG',
        internalMessage: `${bytes} bytes were read without a line break`,
      }),
  });
}
