import { isKnownError } from '@cuttle/protocol';
import { type Edit, edited, fuzzParameters, fuzzTimeoutMs, JSON_TOKENS } from '@cuttle/testing';
import fc from 'fast-check';
import { InputLines } from '../src/destination/input-lines.js';
import { MessageRouter } from '../src/destination/message-router.js';
import { judge } from '../src/http/judge-answer.js';
import { retryAfterMs } from '../src/http/retry-after.js';

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 6 });

const STREAMS = [{ name: 'users' }, { name: 'users', namespace: 'n' }, { name: 'we"ird\n' }];
const LINES = [
  '{"type":"RECORD","record":{"stream":"users","emitted_at":1717200000000,"data":{"id":1,"n":[1.5,null,{"a":"b"}]}}}',
  '{"record": {"data": {"id": 2}, "emitted_at": 1, "namespace": "n", "stream": "users"}, "type": "RECORD"}',
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"x":1}}}}',
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"users"},"status":"COMPLETE"}}}',
  '{"type":"LOG","log":{"level":"INFO","message":"x"}}',
];

/** Only our own errors leave: a TypeError on hostile input is a defect. */
function known(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isKnownError(error)) throw error;
  }
}

describe('fuzz targets of the kit', () => {
  it(
    'messages: whatever comes in, each line is taken, passed over or refused with its number',
    () => {
      const catalog = {
        streams: STREAMS.map((stream) => ({
          stream: { ...stream, json_schema: {}, supported_sync_modes: ['full_refresh' as const] },
          sync_mode: 'full_refresh' as const,
          destination_sync_mode: 'append' as const,
        })),
      };
      fc.assert(
        fc.property(fc.shuffledSubarray(LINES), edits, fc.nat(), (lines, changes, cut) => {
          const bytes = Buffer.from(edited(lines.join('\n'), changes, JSON_TOKENS));
          const router = new MessageRouter(catalog, {
            record: (stream, { dataStart, dataEnd, start, end }) => {
              expect(stream).toBeLessThan(STREAMS.length);
              expect(start <= dataStart && dataStart <= dataEnd && dataEnd <= end).toBe(true);
            },
            state: ({ text }) => expect(JSON.parse(text.toString('utf8'))).toBeDefined(),
            status: (stream) => expect(stream).toBeLessThan(STREAMS.length),
            warn: () => undefined,
          });
          const input = new InputLines((...line) => router.route(...line), 100_000);
          known(() => {
            const at = cut % (bytes.length + 1);
            input.push(bytes.subarray(0, at));
            input.push(bytes.subarray(at));
            input.takeRest();
          });
        }),
        fuzzParameters(),
      );
    },
    fuzzTimeoutMs(),
  );

  it(
    'HTTP answers: whatever a server sends is used, tried again or refused in words, never by a crash',
    () => {
      const body = '{"data":[{"id":"cus_1","created":1}],"has_more":false,"paging":{"next":"https://x/y"}}';
      const status = fc.oneof(
        fc.integer({ min: 100, max: 599 }),
        fc.constantFrom(200, 204, 206, 301, 401, 403, 429, 503),
      );
      const header = fc.oneof(
        fc.string(),
        fc.constantFrom('', '-1', '1e9', 'Wed, 21 Oct 2099 07:28:00 GMT', 'NaN', '0'),
      );
      const policy = { baseUrl: 'https://api.example.com' };
      fc.assert(
        fc.property(status, edits, header, fc.boolean(), (code, changes, value, asBytes) => {
          const bytes = Buffer.from(edited(body, changes, [...JSON_TOKENS, '<html>', '\0']));
          const headers = { 'content-type': value, 'retry-after': value, location: value };
          const raw = { status: code, headers, url: new URL('https://api.example.com/x'), bytes };
          known(() => {
            const result = judge(policy, raw, asBytes ? { as: 'bytes', isWhole: (part) => part.length % 2 === 0 } : {});
            expect(['done', 'failed']).toContain(result.kind);
            if (result.kind === 'failed') expect(result.fault).not.toBe('');
            else expect(result.response.status).toBe(code);
          });
          expect(retryAfterMs(headers, 0) ?? 0).toBeGreaterThanOrEqual(0);
        }),
        fuzzParameters(),
      );
    },
    fuzzTimeoutMs(),
  );
});
