// The source of the emit measurement on @cuttle/airbyte-cdk: the same answers in three lanes, one stream each.
const { rawPage, runSource, Source, Stream } = require('@cuttle/airbyte-cdk');
const { readPages } = require('./pages.js');

/** A stream that turns each answer into a page of its lane. */
class Lane extends Stream {
  schema = { type: 'object' };
  primaryKey = [['_id']];
  #toPage;

  constructor(name, toPage) {
    super();
    this.name = name;
    this.#toPage = toPage;
  }

  async *pages({ config }) {
    for (const answer of readPages(config.pages_file)) yield this.#toPage(answer);
  }
}

/** Answers of 10 MB in the object lane: each record has a text of 1 MB. The same answer comes again and again. */
class Large extends Stream {
  name = 'large';
  schema = { type: 'object' };

  async *pages({ config }) {
    const text = 'All of this is one long note. '.repeat(33_333);
    const row = Buffer.from(`,${JSON.stringify({ id: 'x', text })}`);
    const answer = Buffer.concat([Buffer.from('['), row.subarray(1), ...Array(9).fill(row), Buffer.from(']')]);
    for (let sent = 0; sent < config.large_records; sent += 10) {
      // A copy, since each answer of a client has bytes of its own.
      yield JSON.parse(Buffer.from(answer).toString());
    }
  }
}

/** Record text by hand, as an encoder compiled from a schema makes it. */
function encodeOrder(row) {
  const text = JSON.stringify;
  return `{"_id":"${row._id}","created_date":"${row.created_date}","modified_date":"${row.modified_date}","buyer":"${row.buyer}","status":"${row.status}","currency":"${row.currency}","amount":${row.amount},"quantity":${row.quantity},"is_gift":${row.is_gift},"note":${text(row.note)},"tags":${text(row.tags)},"address":${text(row.address)}}`;
}

class Answers extends Source {
  spec = {
    connectionSpecification: {
      type: 'object',
      properties: { pages_file: { type: 'string' }, large_records: { type: 'integer' } },
    },
  };

  check() {
    return Promise.resolve();
  }

  streams() {
    return [
      new Lane('object', (answer) => JSON.parse(answer.toString()).results),
      new Lane('text', (answer) => ({ texts: JSON.parse(answer.toString()).results.map(encodeOrder) })),
      new Large(),
      new Lane('raw', (answer) => rawPage(answer, 'results')),
    ];
  }
}

void runSource(new Answers());
