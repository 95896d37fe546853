import type { Drift, DriftItem, FieldChange } from '@cuttle/gitops';
import type { Paint } from '../terminal.js';
import { visible } from '../terminal-text.js';
import { fieldLabel, valueText } from './plan/values.js';

/** What somebody changed in Airbyte, a line for each value. */
export function renderDrift(drift: Drift, colours: Paint): string {
  const since = drift.comparedWith === 'last apply' ? 'the last apply' : 'the documents';
  if (drift.items.length === 0)
    return `No drift: Airbyte is as ${since} left it.\n`.replace('the documents left it', 'the documents say');
  return `${drift.items.map((item) => itemText(item, colours)).join('\n')}\n\nDrift against ${since}: ${drift.items.length} changed.\n`;
}

function itemText({ key: ownKey, what, fields, streams, warnings }: DriftItem, colours: Paint): string {
  const key = visible(ownKey);
  if (what === 'missing') return colours.red(`- ${key}  is not in Airbyte`);
  if (what === 'deleted') return colours.red(`- ${key}  was deleted in Airbyte`);
  const lines = [
    ...fields.map((change) => changeText(change)),
    ...streams.flatMap(({ stream: name, action, fields: changed }) => {
      const stream = visible(name);
      if (action === 'remove') return [`stream ${stream}  was added`];
      if (action === 'add') return [`stream ${stream}  was removed`];
      return changed.map((change) => `stream ${stream}  ${changeText(change)}`);
    }),
    ...warnings.map(visible),
  ];
  return [colours.yellow(`= ${key}`), ...lines.map((line) => `      ${line}`)].join('\n');
}

function changeText({ field, before, after }: FieldChange): string {
  const now = before === undefined ? 'was removed' : `was set to ${valueText(field, before)}`;
  return `${fieldLabel(field)}  ${now}${after === undefined ? '' : ` (file: ${valueText(field, after)})`}`;
}
