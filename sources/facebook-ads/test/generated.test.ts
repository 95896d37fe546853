import fs from 'node:fs';
import { describeStream } from '@cuttle/airbyte-cdk';
import { FacebookAdsSource } from '../src/index.js';
import { generatedFiles } from '../tools/graph-fields.js';
import { README, withTable } from '../tools/stream-table.js';

describe('generated files', () => {
  it('lists of fields and choices of the spec are those of the SDK; if not, run tools/graph-fields.js', () => {
    const files = [...generatedFiles()];
    expect(files).toHaveLength(2);
    for (const [file, text] of files) expect([file, fs.readFileSync(file, 'utf8') === text]).toEqual([file, true]);
  });

  it('the table of streams in the README is that of the code; if not, run tools/stream-table.js', () => {
    const config = {
      account_ids: ['1'],
      custom_insights: [],
      campaign_statuses: [],
      adset_statuses: [],
      ad_statuses: [],
    };
    const streams = new FacebookAdsSource().streams({ config } as never).map(describeStream);
    expect(streams.length).toBeGreaterThan(25);
    expect(withTable(streams)).toBe(fs.readFileSync(README, 'utf8'));
  });

  it('every field of the spec stands in the README', () => {
    const { properties } = new FacebookAdsSource().spec.connectionSpecification as {
      properties: Record<string, object>;
    };
    const text = fs.readFileSync(README, 'utf8');
    expect(Object.keys(properties).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
