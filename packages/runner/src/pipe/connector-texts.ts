import type { SecretMask } from '@cuttle/project';
import type { AirbyteMessage, ErrorTrace, LogLevel } from '@cuttle/protocol';

/**
 * What a connector says in words, without secrets. A connector that is not ours masks nothing, and leaves out or
 * mistypes parts of a message: whatever is there is taken as text.
 */
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

  /** Hands on a LOG message that has a text. */
  log(message: AirbyteMessage & { readonly type: 'LOG' }, onLog?: (level: LogLevel, message: string) => void): void {
    const text: unknown = message.log?.message;
    if (text !== undefined && text !== null) onLog?.(message.log.level ?? 'INFO', this.masked(String(text)));
  }

  /** The error of an ERROR trace, undefined for other traces. */
  error({ trace }: AirbyteMessage & { readonly type: 'TRACE' }): ErrorTrace | undefined {
    const error = trace?.error;
    if (error === undefined || error === null) return undefined;
    const masked = this.mask?.applyDeep(error) ?? error;
    const { internal_message: internal, stack_trace: _stack, ...rest } = masked;
    return {
      ...rest,
      message: String(masked.message ?? 'It gave no reason.'),
      ...(internal == null ? {} : { internal_message: String(internal) }),
    };
  }
}
