import type { HttpClient, Logger } from '@cuttle/airbyte-cdk';
import { ConfigError } from '@cuttle/protocol';
import { getMeta, getSwagger } from '../api.js';
import type { BubbleConfig } from '../config.js';
import type { RawField, TypeInfo } from '../type-info.js';
import { type FieldsByType, parseMeta } from './meta.js';
import { nameFields, renamedFields } from './names.js';
import { sampleFields } from './sample.js';
import { parseSwagger } from './swagger.js';

/** Fields that every type has, whatever the app says. */
const BUILT_IN: readonly RawField[] = [
  { key: '_id', type: 'text' },
  { key: 'Created Date', type: 'date' },
  { key: 'Modified Date', type: 'date' },
  { key: 'Created By', type: 'user' },
  { key: 'Slug', type: 'text' },
];
const OF_USERS: readonly RawField[] = [
  { key: 'authentication', type: 'authentication' },
  { key: 'user_signed_up', type: 'boolean' },
];
const EMAIL: RawField = { key: 'email', type: 'text' };

/** What discovery asks and tells. */
export interface DiscoverySurroundings {
  readonly config: BubbleConfig;
  readonly http: HttpClient;
  readonly log: Logger;
}

/**
 * The app's types with their fields, sorted by name: from `/meta`, else from `/meta/swagger.json`, else from samples of
 * the types that the config names. The config's `types` always decide which types there are.
 *
 * @param wanted names of the types to describe; the others are left out. Undefined describes all.
 * @throws {ConfigError} `DISCOVERY_REFUSED` when the app describes nothing and the config names no types
 */
export async function discoverTypes(
  around: DiscoverySurroundings,
  wanted?: ReadonlySet<string>,
): Promise<readonly TypeInfo[]> {
  const { config, log } = around;
  const described = await describeApp(around);
  const all = typesOf(config) ?? (described === undefined ? undefined : [...described.keys()]);
  if (all === undefined) throw refused(config);
  const names = [...new Set(all)].filter((name) => wanted?.has(name) ?? true).sort();
  const types: TypeInfo[] = [];
  for (const name of names) {
    const type = describeType(name, await fieldsOf(around, described, name), config.flatten_email);
    for (const field of renamedFields(type.fields)) {
      log.warn(`Type ${name}: the field "${field.key}" is called "${field.name}", because another one is named alike.`);
    }
    types.push(type);
  }
  return types;
}

async function describeApp({ config, http, log }: DiscoverySurroundings): Promise<FieldsByType | undefined> {
  const meta = parseMeta(await getMeta(http), config.key_style);
  if (meta !== undefined) return meta;
  log.info('The app does not give /meta; trying /meta/swagger.json.');
  const swagger = parseSwagger(await getSwagger(http));
  if (swagger === undefined) log.info('The app does not give /meta/swagger.json; fields are guessed from samples.');
  return swagger;
}

async function fieldsOf(
  { config, http }: DiscoverySurroundings,
  described: FieldsByType | undefined,
  name: string,
): Promise<readonly RawField[]> {
  return described?.get(name) ?? sampleFields(http, name, config.key_style);
}

function describeType(name: string, own: readonly RawField[], flattensEmail: boolean): TypeInfo {
  const added = [...BUILT_IN, ...(name === 'user' ? [...OF_USERS, ...(flattensEmail ? [EMAIL] : [])] : [])];
  const fixed = new Set(added.map(({ key }) => key));
  return { name, fields: nameFields([...added, ...own.filter(({ key }) => !fixed.has(key))], fixed) };
}

/** The types of the config as the API spells them, also when they were typed as in the editor ("Rental Unit"). */
function typesOf({ types }: BubbleConfig): readonly string[] | undefined {
  if (types === undefined || types.length === 0) return undefined;
  return types.map((name) => name.toLowerCase().replaceAll(' ', ''));
}

function refused({ environment }: BubbleConfig): ConfigError {
  return new ConfigError(
    'The app does not describe its types. Name them in the config field "types", or enable the API documentation in ' +
      `Settings, API; and check that the environment or branch "${environment}" exists and its Data API is on.`,
    { code: 'DISCOVERY_REFUSED' },
  );
}
