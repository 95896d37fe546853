import fs from 'node:fs';
import path from 'node:path';

/**
 * Compares a value with a checked-in JSON file. `CUTTLE_UPDATE_GOLDEN=1` writes the file instead: read the diff like
 * code.
 */
export function expectGolden(file: string, value: unknown): void {
  if (process.env['CUTTLE_UPDATE_GOLDEN'] === '1') {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  }
  expect(value).toEqual(readJson(file));
}

/** The value of a JSON file. */
export function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** As {@link expectGolden}, of a text. */
export function expectGoldenText(file: string, text: string): void {
  if (process.env['CUTTLE_UPDATE_GOLDEN'] === '1') {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  expect(text).toBe(fs.readFileSync(file, 'utf8'));
}
