const fs = require('node:fs');
const { ENVELOPES } = require('./envelopes.js');

/** The stream of the load measurements: 13 columns, a nested object, texts with quotes, newlines and non-ASCII. */
const STREAM = {
  name: 'purchases',
  json_schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      user_id: { type: 'integer' },
      product_id: { type: 'integer' },
      amount: { type: 'number' },
      currency: { type: 'string' },
      status: { type: 'string' },
      note: { type: 'string' },
      paid: { type: 'boolean' },
      created_at: { type: 'string', format: 'date-time' },
      updated_at: { type: 'string', format: 'date-time' },
      day: { type: 'string', format: 'date' },
      address: { type: 'object' },
      quantity: { type: 'integer' },
    },
  },
  supported_sync_modes: ['full_refresh', 'incremental'],
};

const COMPLETE =
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"purchases"},"status":"COMPLETE"}}}';

/** One record; the same index gives the same record. */
function purchase(index, version = 0) {
  return {
    id: index,
    user_id: index % 9999,
    product_id: index % 100,
    amount: (index % 10_000) / 100,
    currency: 'eur',
    status: index % 3 === 0 ? 'pending' : 'done',
    note: `He said "hi"\nüñïcode ${index}`,
    paid: index % 2 === 0,
    created_at: new Date(1_700_000_000_000 + index * 1000).toISOString(),
    updated_at: `2024-05-05T10:00:00.${String(version).padStart(6, '0')}+02:00`,
    day: '2024-05-05',
    address: { street: `Main ${index}`, zip: '01234', geo: { lat: 1.5, lng: 2.25 } },
    quantity: index % 7,
  };
}

/** A number with more digits than a double keeps, which JavaScript does not write. */
const LONG_FRACTION = '87857.333333333333';

/** Whether a record of the dirty variant has a bad value. */
function isBad(index) {
  return index % 50 === 7;
}

/** The record with two values that their types do not take: the loader makes them null and says so. */
function badPurchase(record) {
  return { ...record, quantity: 1.5, updated_at: 'soon' };
}

/**
 * Writes RECORD lines for the indexes, a STATE each 10,000 and COMPLETE at the end.
 *
 * @param {Iterable<number>} indexes
 * @param {{ versionAt?: (index: number, place: number) => number, isDirty?: boolean, envelope?: string, isOneState?: boolean, longFractions?: number }} [options]
 *   the version of each record (default 0); whether 2 % of the records have bad values; how the lines are written (see
 *   envelopes.js); whether the only STATE is the last; of how many records one has a long fraction (default: none has)
 * @returns {number} bytes written
 */
function writeMessages(file, indexes, options = {}) {
  const { versionAt = () => 0, isDirty = false, envelope = 'own', isOneState = false, longFractions = 0 } = options;
  const output = fs.openSync(file, 'w');
  let batch = [];
  let records = 0;
  const flush = () => {
    fs.writeSync(output, `${batch.join('\n')}\n`);
    batch = [];
  };
  for (const index of indexes) {
    const record = purchase(index, versionAt(index, records));
    const data = isDirty && isBad(index) ? badPurchase(record) : record;
    const line = ENVELOPES[envelope](STREAM.name, data, 1_763_596_800_000 + index);
    const isLong = longFractions > 0 && index % longFractions === 0;
    batch.push(isLong ? line.replace(/"lat": ?1\.5/, `"lat":${LONG_FRACTION}`) : line);
    records += 1;
    if (records % 10_000 === 0) {
      if (!isOneState) batch.push(stateLine(records));
      flush();
    }
  }
  batch.push(stateLine(records), COMPLETE);
  flush();
  fs.closeSync(output);
  return fs.statSync(file).size;
}

function stateLine(records) {
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"purchases"},"stream_state":{"n":${records}}},"sourceStats":{"recordCount":10000.0}}}`;
}

/** The numbers from `first` to before `end`. */
function* range(first, end) {
  for (let index = first; index < end; index += 1) yield index;
}

/** A configured catalog of the stream. */
function catalog(options) {
  return {
    streams: [
      { stream: STREAM, sync_mode: 'incremental', generation_id: 1, minimum_generation_id: 0, sync_id: 1, ...options },
    ],
  };
}

module.exports = { COMPLETE, LONG_FRACTION, STREAM, stateLine, purchase, isBad, writeMessages, catalog, range };
