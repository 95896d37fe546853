// Makes the table of streams in README.md from the code. `node sources/facebook-ads/tools/stream-table.js` writes it,
// after `npm run build`.
const fs = require('node:fs');
const path = require('node:path');

const README = path.join(__dirname, '..', 'README.md');
const START = '<!-- streams: made by tools/stream-table.js -->';
const END = '<!-- end of streams -->';

/** README.md with the table of these streams, in the shape that `discover` gives. */
function withTable(streams) {
  const text = fs.readFileSync(README, 'utf8');
  const [before, rest] = text.split(START);
  const [, after] = rest.split(END);
  const rows = streams.map(
    ({ name, source_defined_primary_key: key, default_cursor_field: cursor = [], json_schema: schema }) => {
      const columns = Object.keys(schema.properties).length;
      return `| \`${name}\` | ${key.map((part) => `\`${part}\``).join(', ')} | ${cursor.map((part) => `\`${part}\``).join('')} | ${columns} |`;
    },
  );
  const table = ['| stream | key | cursor | columns |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return `${before}${START}\n${table}\n${END}${after}`;
}

if (require.main === module) {
  const { describeStream } = require('@cuttle/airbyte-cdk');
  const { FacebookAdsSource } = require('../dist/index.js');
  const sample = {
    account_ids: ['1'],
    custom_insights: [],
    campaign_statuses: [],
    adset_statuses: [],
    ad_statuses: [],
  };
  fs.writeFileSync(README, withTable(new FacebookAdsSource().streams({ config: sample }).map(describeStream)));
}

module.exports = { README, withTable };
