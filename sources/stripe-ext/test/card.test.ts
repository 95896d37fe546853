import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { ROOT } from '@cuttle/testing';

/** Fields that an object type of the SDK, which is made from Stripe's OpenAPI, requires. */
function requiredFields(file: string, name: string): readonly string[] {
  const text = fs.readFileSync(path.join(ROOT, 'node_modules/stripe/esm/resources', file), 'utf8');
  const [, block = ''] =
    new RegExp(`^( {8})interface ${name} \\{\\n([\\s\\S]*?)\\n\\1\\}`, 'm').exec(text)?.slice(1) ?? [];
  return [...block.matchAll(/^ {12}(\w+): /gm)].map(([, field]) => String(field));
}

describe('the card of a charge', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  it('carries every field that the OpenAPI requires, so that clients with types take it', async () => {
    const { baseUrl, key } = sandbox.stripe;
    const answer = await fetch(`${baseUrl}/v1/charges`, { headers: { authorization: `Bearer ${key}` } });
    const { data } = (await answer.json()) as { data: readonly JsonObject[] };
    expect(data.length).toBeGreaterThan(0);
    const required = requiredFields('Charges.d.ts', 'Card');
    expect(required).toEqual(expect.arrayContaining(['checks', 'exp_month', 'exp_year', 'funding', 'three_d_secure']));
    for (const charge of data) {
      const { card } = charge['payment_method_details'] as { card: JsonObject };
      expect(required.filter((field) => !Object.hasOwn(card, field))).toEqual([]);
      const { checks } = card as { checks: JsonObject };
      expect(Object.keys(checks)).toEqual(['address_line1_check', 'address_postal_code_check', 'cvc_check']);
    }
  });
});
