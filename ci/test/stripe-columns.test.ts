import fs from 'node:fs';
import { columnsText, FILE } from '../stripe-columns.js';

describe('columns of Stripe', () => {
  it('are those of the typings of the stripe package; renew them with node ci/stripe-columns.js --write', () => {
    expect(fs.readFileSync(FILE, 'utf8')).toBe(columnsText());
  });
});
