import { type AirbyteMessage, isJsonObject } from '@cuttle/protocol';

/** A message of the protocol, or undefined when the text is none. Only `type` is checked: parts may be missing. */
export function decodeMessage(text: string): AirbyteMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && typeof value['type'] === 'string' ? (value as unknown as AirbyteMessage) : undefined;
  } catch {
    return undefined;
  }
}
