import type { SecretMask } from '@cuttle/project';
import type { AirbyteMessage, ErrorTrace, LogLevel } from '@cuttle/protocol';

/** What a connector says in words, without secrets: a connector that is not ours masks nothing. */
export class ConnectorTexts {
  private readonly mask: SecretMask | undefined;

  /** @param mask undefined when no config was given */
  constructor(mask: SecretMask | undefined) {
    this.mask = mask;
  }

  masked(text: string): string {
    return this.mask?.apply(text) ?? text;
  }

  /** An answer for people. A catalog stays as it is: its names are addresses, and whoever shows it masks it. */
  answer(message: AirbyteMessage): AirbyteMessage {
    return message.type === 'CATALOG' ? message : (this.mask?.applyDeep(message) ?? message);
  }

  /** Hands on a LOG message. */
  log({ log }: AirbyteMessage & { readonly type: 'LOG' }, onLog?: (level: LogLevel, message: string) => void): void {
    onLog?.(log.level, this.masked(log.message));
  }

  /** The error of an ERROR trace, undefined for other traces. */
  error({ trace }: AirbyteMessage & { readonly type: 'TRACE' }): ErrorTrace | undefined {
    const { error } = trace;
    return error === undefined ? undefined : (this.mask?.applyDeep(error) ?? error);
  }
}
