// RECORD lines as different senders write them: order of keys, spaces, escapes and the form of the time differ.

/** One line of a record: its data, and when it was emitted in milliseconds. */
const ENVELOPES = {
  /** Our own kit. */
  own: (stream, data, emittedAt) =>
    `{"type":"RECORD","record":{"stream":"${stream}","emitted_at":${emittedAt},"data":${JSON.stringify(data)}}}`,
  /** The Airbyte platform and the official connectors in Python. */
  platform: (stream, data, emittedAt) =>
    `{"type":"RECORD","record":{"stream":"${stream}","data":${JSON.stringify(data)},"emitted_at":${emittedAt}}}`,
  /** Python's json.dumps: a space behind each colon and comma, ASCII only; a time with a fraction. */
  python: (stream, data, emittedAt) =>
    `{"type": "RECORD", "record": {"stream": "${stream}", "data": ${pythonJson(data)}, "emitted_at": ${emittedAt}.5}}`,
  /** Connectors in Java: a null namespace first, meta last, and the type behind the record. */
  java: (stream, data, emittedAt) =>
    `{"record":{"namespace":null,"stream":"${stream}","data":${JSON.stringify(data)},"emitted_at":${emittedAt},"meta":{"changes":[]}},"type":"RECORD"}`,
};

/** The text that Python's json.dumps makes of a value. */
function pythonJson(value) {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${pythonJson(key)}: ${pythonJson(member)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

module.exports = { ENVELOPES };
