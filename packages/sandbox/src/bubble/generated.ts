import { type BubbleField, type BubbleType, isList } from './schema.js';
import type { ThingValues } from './thing-table.js';

/** Values for the things of a seeded type, computed from their index: every field filled, every fifth thing sparse. */
export function valuesByRule(type: BubbleType): (index: number) => ThingValues {
  return (index) => {
    const fields = index % 5 === 4 ? type.fields.slice(0, 1) : type.fields;
    return Object.fromEntries(fields.map((field) => [field.id, valueByRule(field, index)]));
  };
}

function valueByRule(field: BubbleField, index: number): unknown {
  if (isList(field.type)) {
    const element = { ...field, type: field.type.slice('list.'.length) };
    return Array.from({ length: index % 3 }, (_, offset) => valueByRule(element, index + offset));
  }
  switch (field.type) {
    case 'number':
      return index / 4;
    case 'boolean':
      return index % 2 === 0;
    case 'date':
      return 1_711_238_400_000 + index * 1_000;
    case 'geographic_address':
      return { address: `Street ${index}`, lat: (index % 90) + 0.5, lng: (index % 180) + 0.25 };
    default:
      return `${field.display} ${index}`;
  }
}
