import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { objectOf, typesOf } from './spec-rules.js';

/**
 * What makes configs of a released spec unusable under the current one (SPEC-09): something newly required, a property
 * removed, a type that is no longer taken, a smaller or a new enum. Empty when every old config stays valid in form.
 */
export function specBreaks(released: JsonObject, current: JsonObject, place = ''): readonly string[] {
  const breaks: string[] = [];
  const required = new Set(listOf(released['required']).map(String));
  for (const name of listOf(current['required']).map(String)) {
    if (!required.has(name)) breaks.push(`${place}/${name} is newly required`);
  }
  breaks.push(...typeBreaks(released, current, place), ...enumBreaks(released, current, place));
  const now = objectOf(current['properties']);
  for (const [name, part] of Object.entries(objectOf(released['properties']))) {
    const own = now[name];
    if (!isJsonObject(own)) breaks.push(`${place}/${name} was removed`);
    else breaks.push(...specBreaks(objectOf(part), own, `${place}/${name}`));
  }
  if (isJsonObject(released['items']) && isJsonObject(current['items'])) {
    breaks.push(...specBreaks(released['items'], current['items'], `${place}/*`));
  }
  breaks.push(...variantBreaks(released, current, place));
  return breaks;
}

function typeBreaks(released: JsonObject, current: JsonObject, place: string): readonly string[] {
  const now = typesOf(current);
  // A schema without a type takes everything.
  if (now.length === 0) return [];
  const before = typesOf(released);
  if (before.length === 0) return [`${place} takes ${now.join(', ')} only, before it took everything`];
  const lost = before.filter((type) => !now.includes(type) && !(type === 'integer' && now.includes('number')));
  return lost.map((type) => `${place} no longer takes the type ${type}`);
}

function enumBreaks(released: JsonObject, current: JsonObject, place: string): readonly string[] {
  if (!Array.isArray(current['enum'])) return [];
  if (!Array.isArray(released['enum'])) return [`${place} has an enum now`];
  const now = new Set(current['enum'].map((value) => JSON.stringify(value)));
  return released['enum']
    .filter((value) => !now.has(JSON.stringify(value)))
    .map((value) => `${place} no longer takes ${JSON.stringify(value)}`);
}

/** Variants of a `oneOf` are matched by their constants. */
function variantBreaks(released: JsonObject, current: JsonObject, place: string): readonly string[] {
  const now = listOf(current['oneOf']).filter(isJsonObject);
  return listOf(released['oneOf'])
    .filter(isJsonObject)
    .flatMap((variant) => {
      const constants = constantsOf(variant);
      const match = now.find((candidate) => constantsOf(candidate) === constants);
      return match === undefined ? [`${place} lost the variant ${constants}`] : specBreaks(variant, match, place);
    });
}

function constantsOf(variant: JsonObject): string {
  const entries = Object.entries(objectOf(variant['properties'])).flatMap(([name, part]) =>
    'const' in objectOf(part) ? [[name, objectOf(part)['const']]] : [],
  );
  return JSON.stringify(entries.sort());
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
