import { SecretMask } from '@cuttle/project';
import { isKnownError } from '@cuttle/protocol';
import { type Edit, edited, fuzzParameters, fuzzTimeoutMs, JSON_TOKENS } from '@cuttle/testing';
import fc from 'fast-check';
import { connectorLines } from '../src/pipe/connector-lines.js';
import { decodeMessage } from '../src/pipe/connector-message.js';
import { ConnectorTexts } from '../src/pipe/connector-texts.js';
import { SourceLines } from '../src/pipe/source-lines.js';
import { mapSourceState, readAcknowledgedState } from '../src/pipe/state-lines.js';
import { StreamRoutes } from '../src/pipe/stream-route.js';
import { decodeStateText, encodeStateText } from '../src/state/state-text.js';

const CANARY = 'canary-secret-9';
const edits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 6 });
const STATE =
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"big":9007199254740993}},"sourceStats":{"recordCount":2.0}}}';
const LINES = [
  '{"type":"RECORD","record":{"stream":"users","emitted_at":1,"data":{"id":1}}}',
  '{"record": {"data": {"id": 2}, "emitted_at": 1, "namespace": "n", "stream": "users"}, "type": "RECORD"}',
  STATE,
  STATE.replace('"STREAM"', '"GLOBAL"')
    .replace('"stream":{', '"global":{"shared_state":1,"stream_states":[{')
    .replace('}},"s', '}}]},"s'),
  `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"${CANARY}","stack_trace":"${CANARY}"}}}`,
  `{"type":"LOG","log":{"level":"INFO","message":"${CANARY}"}}`,
  `{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"${CANARY}"}}`,
];

function known(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isKnownError(error)) throw error;
  }
}

describe('fuzz targets of the runner', () => {
  it(
    'messages: what goes to the destination is whole lines of its own names; nothing but our errors is thrown',
    () => {
      fc.assert(
        fc.property(fc.shuffledSubarray(LINES, { minLength: 1 }), edits, fc.nat(), (lines, changes, cut) => {
          const routes = new StreamRoutes([
            { source: { name: 'users', namespace: null }, destination: { name: 'mine' } },
            { source: { name: 'users', namespace: 'n' }, destination: { name: 'users', namespace: 'n' } },
          ]);
          const texts = new ConnectorTexts(new SecretMask([CANARY]));
          const source = new SourceLines(routes, {
            state: (text) => mapSourceState(text, routes).line,
            message: (message) => {
              if (message.type === 'LOG') texts.log(message, (_level, text) => expect(text).not.toContain(CANARY));
              else if (message.type === 'TRACE')
                expect(JSON.stringify(texts.error(message) ?? '')).not.toContain(CANARY);
              else expect(JSON.stringify(texts.answer(message))).not.toContain(CANARY);
            },
            garbage: () => undefined,
          });
          const bytes = Buffer.from(`${edited(lines.join('\n'), changes, JSON_TOKENS)}\n`);
          known(() => {
            const reader = connectorLines(source, 100_000);
            const at = cut % bytes.length;
            reader.push(bytes.subarray(0, at));
            source.endRun();
            reader.push(bytes.subarray(at));
            source.endRun();
          });
          source.endRun();
          const out = Buffer.concat(source.out.take()).toString('utf8');
          expect(out === '' || out.endsWith('\n')).toBe(true);
          for (const line of out.split('\n').filter((entry) => entry.includes('"STATE"')))
            known(() => void readAcknowledgedState(line, routes));
        }),
        fuzzParameters(),
      );
    },
    fuzzTimeoutMs(),
  );

  it(
    'messages: every answer of a connector is read or passed over',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...LINES, '{"type":"SPEC","spec":{}}', '{"type":"CATALOG"}'),
          edits,
          (line, changes) => {
            const texts = new ConnectorTexts(new SecretMask([CANARY]));
            const message = decodeMessage(edited(line, changes, JSON_TOKENS));
            if (message?.type === 'LOG') texts.log(message, (_level, text) => expect(text).not.toContain(CANARY));
            else if (message?.type === 'TRACE') texts.error(message);
            else if (message !== undefined) texts.answer(message);
          },
        ),
        fuzzParameters(),
      );
    },
    fuzzTimeoutMs(),
  );

  it(
    'states: a file is what was saved, an edit by hand, or damaged; never another state in silence',
    () => {
      const owner = { project: 'p', connection: 'c', target: 't' };
      const stream = {
        stream: { name: 'users' },
        syncMode: 'incremental',
        generationId: 0,
        minimumGenerationId: 0,
      } as const;
      const streams = [{ ...stream, isOpen: false, syncId: 3, state: 'cursor' }];
      const sound = encodeStateText({ ...owner, syncId: 3, savedAt: '2026-11-20T00:00:00Z', streams });
      fc.assert(
        fc.property(edits, (changes) => {
          const text = edited(sound, changes, [...JSON_TOKENS, '"checksum":', '"version": 1,']);
          known(() => {
            const found = decodeStateText(text);
            if (found.kind !== 'current' || found.isEdited) return;
            expect(encodeStateText(found.state)).toBe(sound);
          });
        }),
        fuzzParameters(),
      );
    },
    fuzzTimeoutMs(),
  );
});
