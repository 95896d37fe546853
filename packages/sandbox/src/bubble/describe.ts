import { allFields, type BubbleEnvironment } from './app.js';
import { type BubbleField, type BubbleType, elementType, isList, type KeyStyle } from './schema.js';

/** The answer of `/meta`: type names, and for each its fields with id, display name and type. */
export function describeMeta(environment: BubbleEnvironment, appName: string): Record<string, unknown> {
  const types = exposedTypes(environment);
  return {
    get: types.map((type) => type.name),
    post: [],
    types: Object.fromEntries(
      types.map((type) => [
        type.name,
        {
          display: type.display,
          fields: allFields(type).map(({ id, display, type: fieldType }) => ({ id, display, type: fieldType })),
        },
      ]),
    ),
    app_data: { appname: appName, is_live: environment.name === 'live' },
  };
}

/** The answer of `/meta/swagger.json` (Swagger 2.0). References stand in prose only, as on the real system. */
export function describeSwagger(environment: BubbleEnvironment, keyStyle: KeyStyle, host: string): unknown {
  const types = exposedTypes(environment);
  return {
    swagger: '2.0',
    info: { title: 'novel', description: 'API of the app', version: '1.1' },
    host,
    schemes: ['https'],
    basePath: '/api/1.1',
    securityDefinitions: { api_key: { type: 'apiKey', name: 'Authorization', in: 'header' } },
    paths: Object.fromEntries(types.flatMap((type) => paths(type))),
    definitions: Object.fromEntries(types.map((type) => [type.name, definition(type, keyStyle)])),
  };
}

function exposedTypes(environment: BubbleEnvironment): BubbleType[] {
  return environment.types().filter((type) => type.isExposed !== false);
}

function paths(type: BubbleType): [string, unknown][] {
  const parameters = [
    { name: 'constraints', in: 'query', type: 'string' },
    { name: 'cursor', in: 'query', type: 'integer', default: 0 },
    { name: 'limit', in: 'query', type: 'integer', default: 50 },
    { name: 'sort_field', in: 'query', type: 'string' },
    { name: 'descending', in: 'query', type: 'boolean', default: false },
  ];
  const one = { $ref: `#/definitions/${type.name}` };
  return [
    [`/obj/${type.name}`, { get: { summary: `Get all ${type.display} things`, parameters, responses: ok(one) } }],
    [
      `/obj/${type.name}/{UniqueID}`,
      {
        get: {
          summary: `Get a ${type.display}`,
          parameters: [{ name: 'UniqueID', in: 'path', required: true, type: 'string' }],
          responses: ok(one),
        },
      },
    ],
  ];
}

function ok(schema: unknown): unknown {
  return { '200': { description: 'OK', schema } };
}

function definition(type: BubbleType, keyStyle: KeyStyle): unknown {
  const properties = allFields(type).map((field) => [keyStyle === 'id' ? field.id : field.display, property(field)]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function property(field: BubbleField): Record<string, unknown> {
  const type = elementType(field.type);
  const single = { ...SINGLE[type], ...reference(type, field.display) };
  const described = single.type === undefined ? { type: 'string', ...single } : single;
  return isList(field.type) ? { type: 'array', items: described, description: described.description } : described;
}

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
}

const SINGLE: Readonly<Record<string, Property>> = {
  number: { type: 'number', format: 'float' },
  date: { type: 'string', format: 'date-time' },
  boolean: { type: 'boolean' },
  geographic_address: { type: 'object' },
  authentication: { type: 'object' },
};

function reference(type: string, display: string): Property {
  if (type === 'user') return { description: `${display} ('user' represented by a unique ID)` };
  if (type.startsWith('custom.')) {
    return { description: `${display} ('${type.slice('custom.'.length)}' represented by a unique ID)` };
  }
  if (type.startsWith('option.')) return { description: `${display} (option set '${type.slice('option.'.length)}')` };
  return {};
}
