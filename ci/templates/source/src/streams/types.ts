/** A text, or null. */
export const TEXT = { type: ['null', 'string'] };

/** A whole number, or null. */
export const INTEGER = { type: ['null', 'integer'] };

/** A time with its zone, ISO 8601, or null. */
export const TIME = { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
