// Makes resources/graph-fields.json and the choices in resources/spec.json from Meta's SDK, a development dependency:
// names of fields, breakdowns, statuses and windows. `node sources/facebook-ads/tools/graph-fields.js` writes both.
const fs = require('node:fs');
const path = require('node:path');

const RESOURCES = path.join(__dirname, '..', 'resources');
const WIDTH = 120;
const OBJECTS = {
  ad_account: 'AdAccount',
  campaigns: 'Campaign',
  ad_sets: 'AdSet',
  ads: 'Ad',
  ad_creatives: 'AdCreative',
  activities: 'AdActivity',
  custom_audiences: 'CustomAudience',
  custom_conversions: 'CustomConversion',
  images: 'AdImage',
  ad_rule_libraries: 'AdRule',
};

function valuesOf(enumeration) {
  return [...new Set(Object.values(enumeration))].sort();
}

/** What is taken from the SDK. */
function graphFields() {
  const sdk = require('facebook-nodejs-business-sdk');
  const { version } = require('facebook-nodejs-business-sdk/package.json');
  const { AdsInsights } = sdk;
  return {
    sdk: version,
    objects: Object.fromEntries(Object.entries(OBJECTS).map(([name, type]) => [name, valuesOf(sdk[type].Fields)])),
    statuses: {
      campaign: valuesOf(sdk.Campaign.EffectiveStatus),
      adset: valuesOf(sdk.AdSet.EffectiveStatus),
      ad: valuesOf(sdk.Ad.EffectiveStatus),
    },
    insights: {
      fields: valuesOf(AdsInsights.Fields),
      breakdowns: valuesOf(AdsInsights.Breakdowns),
      action_breakdowns: valuesOf(AdsInsights.ActionBreakdowns),
      action_report_times: valuesOf(AdsInsights.ActionReportTime),
      action_attribution_windows: valuesOf(AdsInsights.ActionAttributionWindows),
      levels: valuesOf(AdsInsights.Level),
    },
  };
}

/** The spec with the SDK's choices in it. */
function withChoices(spec, { statuses, insights }) {
  const made = structuredClone(spec);
  const { properties } = made.connectionSpecification;
  for (const level of ['campaign', 'adset', 'ad']) properties[`${level}_statuses`].items.enum = statuses[level];
  const custom = properties.custom_insights.items.properties;
  custom.fields.items.enum = insights.fields;
  custom.breakdowns.items.enum = insights.breakdowns;
  custom.action_breakdowns.items.enum = insights.action_breakdowns;
  custom.level.enum = insights.levels;
  custom.action_report_time.enum = insights.action_report_times;
  return made;
}

/** JSON as the formatter of this repository writes it: lists of plain values on one line where they fit. */
function toText(value, indent = '', lead = 0) {
  if (Array.isArray(value)) {
    const flat = flatText(value);
    if (flat !== undefined && indent.length + lead + flat.length < WIDTH) return flat;
    return block(
      '[',
      ']',
      value.map((item) => toText(item, `${indent}  `)),
      indent,
    );
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, part]) => {
    const key = `${JSON.stringify(name)}: `;
    return key + toText(part, `${indent}  `, key.length);
  });
  return parts.length === 0 ? '{}' : block('{', '}', parts, indent);
}

/** A list on one line; undefined when there is an object in it. */
function flatText(value) {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? undefined : JSON.stringify(value);
  const parts = value.map(flatText);
  return parts.includes(undefined) ? undefined : `[${parts.join(', ')}]`;
}

function block(open, close, parts, indent) {
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;
}

/** Text of each generated file by its path. */
function generatedFiles() {
  const found = graphFields();
  const spec = JSON.parse(fs.readFileSync(path.join(RESOURCES, 'spec.json'), 'utf8'));
  return new Map([
    [path.join(RESOURCES, 'graph-fields.json'), `${toText(found)}\n`],
    [path.join(RESOURCES, 'spec.json'), `${toText(withChoices(spec, found))}\n`],
  ]);
}

if (require.main === module) {
  for (const [file, text] of generatedFiles()) fs.writeFileSync(file, text);
}

module.exports = { generatedFiles };
