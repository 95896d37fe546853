import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StripeSource } from '../src/index.js';
import { allStreams, type StreamDefinition } from '../src/streams.js';

const FILE = join(__dirname, '..', 'README.md');

/** A field of the config as the spec has it. */
interface Field {
  readonly description: string;
  readonly default?: unknown;
  readonly airbyte_hidden?: boolean;
  readonly order: number;
}

function configTable(): string {
  const { properties } = new StripeSource().spec.connectionSpecification as unknown as {
    properties: Record<string, Field>;
  };
  const shown = Object.entries(properties).filter(([, field]) => field.airbyte_hidden !== true);
  const rows = shown
    .sort(([, a], [, b]) => a.order - b.order)
    .map(
      ([name, field]) =>
        `| \`${name}\` | ${field.default === undefined ? '' : `\`${field.default}\``} | ${field.description} |`,
    );
  return ['| field | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function streamTable(): string {
  const rows = allStreams().map((stream) => {
    const { name, resource, child } = stream;
    const cursor = (child ?? resource).cursor;
    return `| ${name} | ${endpointOf(stream)} | ${cursor} | ${changesOf(stream)} |`;
  });
  return ['| stream | read from `/v1/` | cursor | changes |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function endpointOf({ resource, child }: StreamDefinition): string {
  const path = resource.path.slice('/v1/'.length);
  if (child === undefined) return `\`${path}\``;
  if (child.inline !== undefined) return `\`${path}\`, \`${child.inline}\` of each`;
  return `\`${child.path('<id>').slice('/v1/'.length).replace('%3Cid%3E', '<id>')}\``;
}

function changesOf({ resource }: StreamDefinition): string {
  const parts = [
    ...(resource.events.length > 0 ? ['by events'] : []),
    ...(resource.isRelisted ? ['listed again'] : []),
    ...(resource.events.length === 0 && !resource.isRelisted ? ['new ones and the lookback'] : []),
  ];
  return parts.join(', ');
}

describe('README', () => {
  it('holds the config of the spec and the streams of the code; CUTTLE_UPDATE_GOLDEN=1 renews it', () => {
    const text = readFileSync(FILE, 'utf8');
    const wanted = Object.entries({ config: configTable(), streams: streamTable() }).reduce(
      (before, [name, table]) =>
        before.replace(
          new RegExp(`(<!-- ${name}: .* -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`),
          `$1\n${table.replaceAll('$', '$$$$')}\n\n$2`,
        ),
      text,
    );
    if (process.env['CUTTLE_UPDATE_GOLDEN'] === '1') writeFileSync(FILE, wanted);
    else expect(text).toBe(wanted);
  });
});
