const fs = require('node:fs');

const PAGE_RECORDS = 100;
const BLOCK_SIZE = 2 ** 20;
const NEWLINE = 0x0a;

/** One record of the emit measurement: 12 fields, about 316 B; the same index gives the same record. */
function order(index) {
  return {
    _id: `1700000000000x${String(index).padStart(18, '0')}`,
    created_date: new Date(1_700_000_000_000 + index * 1000).toISOString(),
    modified_date: new Date(1_700_000_500_000 + index * 1000).toISOString(),
    buyer: `1690000000000x${String(index % 9999).padStart(18, '0')}`,
    status: index % 3 === 0 ? 'pending' : 'paid',
    currency: 'eur',
    amount: (index % 10_000) / 100,
    quantity: index % 7,
    is_gift: index % 2 === 0,
    note: `Rügen "${index}"`,
    tags: ['new', `batch ${index % 50}`],
    address: { city: 'Köln', zip: '01234' },
  };
}

/** Writes the answers that all emit measurements read: `{"results": [...]}` with 100 records each, one a line. */
function writePages(file, records) {
  const output = fs.openSync(file, 'w');
  for (let first = 0; first < records; first += PAGE_RECORDS) {
    const texts = [];
    for (let index = first; index < Math.min(first + PAGE_RECORDS, records); index += 1)
      texts.push(JSON.stringify(order(index)));
    fs.writeSync(output, `{"results":[${texts.join(',')}]}\n`);
  }
  fs.closeSync(output);
}

/** The answers one by one. They are cut out of blocks of 1 MiB, since how they get here is not what is measured. */
function* readPages(file) {
  const input = fs.openSync(file, 'r');
  let rest = Buffer.alloc(0);
  for (;;) {
    const block = Buffer.allocUnsafeSlow(BLOCK_SIZE);
    rest.copy(block);
    const filled = rest.length + fs.readSync(input, block, { offset: rest.length });
    if (filled === rest.length) break;
    const pages = block.subarray(0, filled);
    let from = 0;
    for (let end = pages.indexOf(NEWLINE); end >= 0; end = pages.indexOf(NEWLINE, from)) {
      yield pages.subarray(from, end);
      from = end + 1;
    }
    rest = pages.subarray(from);
  }
  fs.closeSync(input);
}

module.exports = { order, writePages, readPages };
