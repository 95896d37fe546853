import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { connectorFolders, imageName, ROOT, readMetadata } from '../images/connectors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const TEXT = expect.stringMatching(/\S/);

/** Sections of a documentation page. */
const SECTIONS = ['Before you start', 'Config', 'Sync modes', 'Types', 'Limits', 'Changelog'];

interface Spec {
  readonly documentationUrl: string;
  readonly connectionSpecification: {
    readonly title: string;
    readonly required?: readonly string[];
    readonly properties: Readonly<Record<string, { readonly airbyte_hidden?: boolean }>>;
  };
}

interface BreakingChange {
  readonly message?: unknown;
  readonly upgradeDeadline?: unknown;
}

function readText(...parts: readonly string[]): string {
  return fs.readFileSync(path.join(ROOT, ...parts), 'utf8');
}

function readJson<T>(...parts: readonly string[]): T {
  return JSON.parse(readText(...parts)) as T;
}

/** `image` of each entry of a Connectors document that names the folder. */
function imagesInDocuments(folder: string): readonly string[] {
  const stacks = fs.readdirSync(path.join(ROOT, 'connections')).filter((name) => name !== 'schema');
  const documents = stacks.flatMap((stack) => {
    const files = fs.readdirSync(path.join(ROOT, 'connections', stack)).filter((name) => name.endsWith('.yaml'));
    return files.flatMap((file) =>
      parseAllDocuments(readText('connections', stack, file)).map((document) => document.toJS()),
    );
  });
  return documents
    .filter((document) => document?.kind === 'Connectors')
    .flatMap(({ sources, destinations }) => Object.values({ ...sources, ...destinations }))
    .filter((entry): entry is { path: string; image?: string } => (entry as { path?: string }).path === folder)
    .flatMap(({ image }) => (image === undefined ? [] : [image]));
}

/** The text below a heading, up to the next one of its level. */
function section(page: string, heading: string): string | undefined {
  const parts = page.split(/^## /m).filter((part) => part.startsWith(`${heading}\n`));
  return parts[0];
}

/** The page's section or subsection of that name; types may stand below the tables. */
function hasHeading(page: string, heading: string): boolean {
  return new RegExp(`^###? ${heading}$`, 'm').test(page);
}

describe.each(connectorFolders().map((folder) => [imageName(folder), folder]))('%s', (name, folder) => {
  const role = name.startsWith('source-') ? 'source' : 'destination';
  const metadata = readMetadata(folder);
  const spec = readJson<Spec>(folder, 'resources', 'spec.json');
  const page = readText(folder, 'README.md');

  it('I-01 package, metadata, release and documents agree on name and version', () => {
    const own = readJson<{ name: string; version: string }>(folder, 'package.json');
    expect(own.version).toMatch(SEMVER);
    expect(metadata).toMatchObject({ dockerRepository: name, dockerImageTag: own.version });
    expect(own.name).toBe(`@cuttle/${name}`);
    expect(own.version).toBe(readJson<{ version: string }>('lerna.json').version);
    for (const image of imagesInDocuments(folder)) {
      expect(image).toMatch(new RegExp(`(^|/)${name}:${own.version.replaceAll('.', '\\.')}$`));
    }
  });

  it('I-05 metadata.yaml holds what the registry asks for', () => {
    const hosts = expect.objectContaining({ hosts: expect.any(Array) });
    expect(metadata).toMatchObject({
      name: TEXT,
      definitionId: expect.stringMatching(UUID),
      connectorType: role,
      connectorSubtype: expect.stringMatching(/^(api|database|file)$/),
      documentationUrl: spec.documentationUrl,
      icon: 'icon.svg',
      license: readJson<{ license: string }>(folder, 'package.json').license,
      supportLevel: 'community',
      tags: expect.arrayContaining(['language:typescript']),
      allowedHosts: hosts,
    });
    if (role === 'source') {
      const seconds = expect.any(Number);
      const suggested = { streams: expect.arrayContaining([TEXT]) };
      expect(metadata).toMatchObject({ suggestedStreams: suggested, maxSecondsBetweenMessages: seconds });
      expect(metadata['appendDelivery']).toMatch(/^(exactly_once|at_least_once)$/);
      const promise = metadata['appendDelivery'] === 'exactly_once' ? /exactly once/ : /at least once/;
      expect(section(page, 'Sync modes') ?? page).toMatch(promise);
    } else {
      expect(metadata['supportsRefreshes']).toEqual(expect.any(Boolean));
    }
  });

  it('I-05 hosts taken from the config are fields of the spec', () => {
    const { hosts } = metadata['allowedHosts'] as { hosts: readonly string[] };
    const fields = hosts.flatMap((host) => [...host.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]));
    for (const field of fields) expect(Object.keys(spec.connectionSpecification.properties)).toContain(field);
  });

  it('I-05 I-06 each major version tells what it breaks, by when, and how to migrate', () => {
    const major = Number(String(metadata['dockerImageTag']).split('.')[0]);
    const { breakingChanges } = metadata['releases'] as { breakingChanges: Readonly<Record<string, BreakingChange>> };
    const majors = Array.from({ length: major }, (_, index) => `${index + 1}.0.0`);
    expect(Object.keys(breakingChanges)).toEqual(majors);
    for (const [version, change] of Object.entries(breakingChanges)) {
      expect(change).toMatchObject({ message: TEXT, upgradeDeadline: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
      expect(readText(folder, 'MIGRATION.md')).toContain(`## ${version}`);
    }
  });

  it('I-06 the icon is a square drawing without scripts or links', () => {
    const icon = readText(folder, 'icon.svg');
    const [, width, height] = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(icon) ?? [];
    expect(Number(width)).toBeGreaterThan(0);
    expect(height).toBe(width);
    expect(icon).toContain(`viewBox="0 0 ${width} ${height}"`);
    expect(icon).not.toMatch(/<script|href|<image|<foreignObject/i);
  });

  it('I-06 the documentation page has its sections, fields and the version', () => {
    const wanted = [...SECTIONS, role === 'source' ? 'Streams' : 'Tables'];
    expect(wanted.filter((heading) => !hasHeading(page, heading))).toEqual([]);
    const prerequisites = section(page, 'Before you start');
    for (const field of spec.connectionSpecification.required ?? []) expect(prerequisites).toContain(`\`${field}\``);
    const shown = Object.entries(spec.connectionSpecification.properties).filter(([, own]) => !own.airbyte_hidden);
    for (const [field] of shown) expect(section(page, 'Config')).toContain(`\`${field}\``);
    expect(section(page, 'Changelog')).toContain(`| ${metadata['dockerImageTag']} |`);
  });
});

it('I-05 no two connectors share a definition', () => {
  const ids = connectorFolders().map((folder) => readMetadata(folder)['definitionId']);
  expect(new Set(ids).size).toBe(ids.length);
});
