import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LosslessValue, parseLossless } from '@cuttle/protocol';
import fc from 'fast-check';
import type { ConnectionState } from '../src/state/connection-state.js';
import { safeName } from '../src/state/safe-name.js';
import { StateStore } from '../src/state/state-store.js';
import { decodeStateText, encodeStateText } from '../src/state/state-text.js';

const OWNER = { project: 'p', connection: 'a to b', target: 'local' };

function stateOf(state: LosslessValue, syncId = 1): ConnectionState {
  const record = {
    syncMode: 'incremental' as const,
    generationId: 5,
    minimumGenerationId: 0,
    isOpen: false,
    syncId: 1,
  };
  const streams = [
    { stream: { name: 'orders', namespace: 'shop' }, ...record, state },
    { stream: { name: 'x' }, ...record },
  ];
  return { ...OWNER, syncId, savedAt: '2026-11-20T00:00:00.000Z', streams };
}

describe('StateStore', () => {
  let folder: string;
  let file: string;
  let previous: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-state-'));
    file = path.join(folder, 'state', 'a to b.json');
    previous = path.join(folder, 'state', 'a to b.previous.json');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const store = (owner = OWNER): StateStore => new StateStore(folder, owner);
  const save = (...states: readonly ConnectionState[]): StateStore => {
    const made = store();
    made.load();
    for (const state of states) made.save(state);
    return made;
  };
  const saveTwo = (): StateStore => save(stateOf('first', 1), stateOf('second', 2));
  const loadFirst = (): LosslessValue | undefined => {
    const { state } = store().load();
    return state === undefined ? undefined : state.streams[0]?.state;
  };

  it('F-RUN-02 a connection that never ran has no state; a saved one comes back, digits included', () => {
    expect(store().load()).toEqual({ state: undefined, warnings: [] });
    const state = stateOf(parseLossless('{"lsn": 12345678901234567890, "at": 3.0, "__proto__": {"polluted": 1}}'));
    save(state);
    expect(store().load()).toEqual({ state, warnings: [] });
    expect(fs.readFileSync(file, 'utf8')).toContain('{"lsn":12345678901234567890,"at":3.0,"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('F-RUN-02 is written through a temporary file that is renamed, and keeps the one before', () => {
    saveTwo();
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(['a to b.json', 'a to b.previous.json']);
    expect(fs.readFileSync(previous, 'utf8')).toContain('"first"');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['empty', () => ''],
    ['half-written', (text: string) => text.slice(0, text.length / 2)],
    ['cut off by one character', (text: string) => text.trimEnd().slice(0, -1)],
    ['filled with NUL', (text: string) => '\0'.repeat(text.length)],
    ['changed in one digit', (text: string) => text.replace('"generationId": 5', '"generationId": 6')],
  ])('F-RUN-02 a file that is %s: the one before is used, with a warning, and the damaged one is kept aside', (_label, damage) => {
    saveTwo();
    fs.writeFileSync(file, damage(fs.readFileSync(file, 'utf8')));
    const made = store();
    const { state, warnings } = made.load();
    expect(state?.streams.at(0)?.state).toBe('first');
    expect(warnings).toEqual([expect.stringMatching(/cannot be used .* of 2026-11-20/)]);
    expect(warnings.join()).toContain('may get those rows twice');
    expect(fs.existsSync(path.join(folder, 'state', 'a to b.damaged.json'))).toBe(true);
    made.save(stateOf('third', 3));
    expect(fs.readFileSync(previous, 'utf8')).toContain('"first"');
    expect(loadFirst()).toBe('third');
  });

  it('F-RUN-02 never starts from scratch silently: without a usable file it refuses', () => {
    saveTwo();
    fs.writeFileSync(file, '');
    fs.writeFileSync(previous, '{');
    expect(() => store().load()).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
    fs.rmSync(file);
    expect(() => store().load()).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
  });

  it('F-RUN-02 a file that is gone while the one before is there: that one is used, with a warning', () => {
    saveTwo();
    fs.rmSync(file);
    const { state, warnings } = store().load();
    expect(state?.streams.at(0)?.state).toBe('first');
    expect(warnings).toEqual([expect.stringContaining('it is missing')]);
  });

  it('F-RUN-02 any single cut of the file is noticed', () => {
    const text = encodeStateText(stateOf(parseLossless('{"a":[1,2,{"b":null}]}')));
    const whole = text.trimEnd().length;
    for (let length = 0; length < whole; length += 1)
      expect(decodeStateText(text.slice(0, length)).kind).toBe('damaged');
  });

  it('takes a file whose checksum was removed for edited by hand', () => {
    save(stateOf('first'));
    const text = fs
      .readFileSync(file, 'utf8')
      .replace(/,\s*"checksum": "[^"]*"/, '')
      .replace('"first"', '"edited"');
    fs.writeFileSync(file, text);
    const { state, warnings } = store().load();
    expect(state?.streams.at(0)?.state).toBe('edited');
    expect(warnings).toEqual([expect.stringContaining('edited by hand')]);
  });

  it.each([
    '[1, 2]',
    '[null]',
    '[[]]',
  ])('F-RUN-12 a list of something else, %s, is damaged and starts nothing over', (text) => {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, text, { mode: 0o600 });
    expect(() => store().load()).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  it('F-RUN-12 refuses a file of a newer version and leaves it alone', () => {
    save(stateOf('first'));
    const text = fs.readFileSync(file, 'utf8').replace('"version": 1', '"version": 2');
    fs.writeFileSync(file, text);
    expect(() => store().load()).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([
    '[{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"lsn":9007199254740993}}}]',
    '[{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"lsn":9007199254740993}}}}]',
    '[{"stream_descriptor":{"name":"orders"},"stream_state":{"lsn":9007199254740993}}]',
    '[{"streamDescriptor":{"name":"orders"},"streamState":{"lsn":9007199254740993}}]',
  ])('F-RUN-12 migrates a plain list of states and keeps a copy: %s', (messages) => {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, messages, { mode: 0o600 });
    const made = store();
    const { state, warnings } = made.load();
    expect(state?.streams.at(0)).toMatchObject({
      stream: { name: 'orders' },
      state: parseLossless('{"lsn":9007199254740993}'),
    });
    expect(warnings).toEqual([expect.stringContaining('a copy is kept')]);
    expect(fs.readFileSync(path.join(folder, 'state', 'a to b.version-0.json'), 'utf8')).toBe(messages);
    made.save(state!);
    expect(store().load().state).toEqual(state);
  });

  it('refuses the state of another connection whose name makes the same file', () => {
    save(stateOf('first'));
    const other = new StateStore(folder, { ...OWNER, project: 'q' });
    expect(() => other.load()).toThrow(expect.objectContaining({ code: 'STATE_OF_OTHER_CONNECTION' }));
  });

  it('keeps targets apart', () => {
    expect(path.basename(store({ ...OWNER, target: 'demo' }).file)).toBe('a to b@demo.json');
  });

  it('F-RUN-13 makes a missing folder, refuses a symbolic link, warns about one that others can write to', () => {
    store().load();
    const state = path.join(folder, 'state');
    fs.chmodSync(state, 0o770);
    expect(store().load().warnings).toEqual([expect.stringContaining('can be written to by others')]);
    fs.renameSync(state, path.join(folder, 'elsewhere'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), state);
    expect(() => store().load()).toThrow(/symbolic link/);
    fs.rmSync(state);
    fs.writeFileSync(state, '');
    expect(() => store().load()).toThrow(expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE' }));
  });

  it('F-RUN-13 refuses a state file that is a symbolic link, warns about one that others can write to', () => {
    save(stateOf('first'));
    fs.chmodSync(file, 0o660);
    expect(store().load().warnings).toEqual([expect.stringContaining('can be written to by others')]);
    fs.renameSync(file, path.join(folder, 'target.json'));
    fs.symlinkSync(path.join(folder, 'target.json'), file);
    expect(() => store().load()).toThrow(/symbolic link/);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('F-RUN-13 refuses a folder of another owner', () => {
    store().load();
    fs.chownSync(path.join(folder, 'state'), 12345, 12345);
    expect(() => store().load()).toThrow(/belongs to user 12345/);
  });

  it('F-RUN-07 a save that fails leaves the state before, and the next one succeeds', () => {
    const made = store();
    made.load();
    made.save(stateOf('first'));
    const rename = jest.spyOn(fs, 'fsyncSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    expect(() => made.save(stateOf('second'))).toThrow(/\(ENOSPC\)\. The state before is intact/);
    rename.mockRestore();
    expect(loadFirst()).toBe('first');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['a to b.json']);
    made.save(stateOf('third'));
    expect(loadFirst()).toBe('third');
  });

  it('removes what a killed save left behind', () => {
    saveTwo();
    fs.writeFileSync(`${file}.999.tmp`, '{');
    store().load();
    expect(fs.existsSync(`${file}.999.tmp`)).toBe(false);
  });

  it('leaves the save of another connection alone whose name goes on behind a dot', () => {
    saveTwo();
    const other = path.join(folder, 'state', 'a to b.eu.json.999.tmp');
    fs.writeFileSync(other, '{');
    store().load();
    expect(fs.existsSync(other)).toBe(true);
  });

  it.each([
    'previous',
    'damaged',
    'version-0',
  ])('a connection "a to b.%s" keeps its state beside "a to b"', (ending) => {
    const owner = { ...OWNER, connection: `a to b.${ending}` };
    const other = store(owner);
    other.load();
    other.save({ ...stateOf('of the other'), ...owner });
    saveTwo();
    fs.writeFileSync(file, 'damaged');
    store().load();
    expect(store(owner).load().state?.streams[0]?.state).toBe('of the other');
  });

  it('any state survives a round trip', () => {
    const json = fc.jsonValue().map((value) => parseLossless(JSON.stringify(value)));
    const name = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(json, name, fc.option(name, { nil: undefined }), (state, stream, namespace) => {
        const record = {
          syncMode: 'incremental' as const,
          generationId: 1,
          minimumGenerationId: 1,
          isOpen: true,
          syncId: 1,
          state,
        };
        const descriptor = namespace === undefined ? { name: stream } : { name: stream, namespace };
        const whole = {
          ...OWNER,
          syncId: 1,
          savedAt: 'now',
          streams: [{ stream: descriptor, ...record }],
          shared: state,
        };
        expect(decodeStateText(encodeStateText(whole))).toEqual({ kind: 'current', state: whole, isEdited: false });
      }),
    );
  });

  it('any flipped byte of the content is noticed, or changes nothing', () => {
    const state = stateOf(parseLossless('{"lsn": 12345, "text": "abc"}'));
    const bytes = Buffer.from(encodeStateText(state));
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        let found: ReturnType<typeof decodeStateText>;
        try {
          found = decodeStateText(damaged.toString('utf8'));
        } catch {
          // The version became a later one.
          return;
        }
        // Only a damaged key of the checksum itself can pass as an edit; the content is the same then.
        if (found.kind === 'current') expect(found.state).toEqual(state);
        else expect(found.kind).toBe('damaged');
      }),
      { numRuns: 500 },
    );
  });
});

describe('safeName', () => {
  it('X-07 names never leave the folder and never collide', () => {
    for (const name of [
      '../../etc/passwd',
      '..',
      '.',
      '/abs',
      'a\0b',
      'a\nb',
      '',
      ' ',
      'x'.repeat(5000),
      'ü/ß',
      '%2F',
    ]) {
      const safe = safeName(name);
      expect(safe).toMatch(/^[A-Za-z0-9 ._%~-]+$/);
      expect(safe.startsWith('.')).toBe(false);
      expect(safe.length).toBeLessThanOrEqual(160);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        fc.pre(a !== b);
        expect(safeName(a)).not.toBe(safeName(b));
      }),
    );
  });
});
