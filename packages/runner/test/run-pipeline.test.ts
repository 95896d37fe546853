import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ActionEnd, type Launcher, PipelineJournal, type PlannedStep, runPipeline } from '../src/index.js';

describe('runPipeline', () => {
  let folder: string;
  let begun: string[];
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-pipeline-'));
    begun = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const action = (name: string, outcome: ActionEnd['outcome'] = 'succeeded'): PlannedStep => ({
    kind: 'action',
    name,
    run: () => {
      begun.push(name);
      return Promise.resolve({ outcome, summary: outcome, errors: [] });
    },
  });
  const run = async (steps: readonly PlannedStep[], isResumed: boolean, fingerprint = 'same') => {
    const identity = { pipeline: 'p', target: 'local', fingerprint };
    const journal = new PipelineJournal(folder, identity, isResumed);
    try {
      return { ...(await runPipeline(steps, { environment: {}, journal })), logFile: journal.logFile };
    } finally {
      journal.close();
    }
  };
  const failing = [action('one'), action('two', 'failed'), action('three')];
  const sound = [action('one'), action('two'), action('three')];

  it('hands an action the launcher of the run, so that its connectors start as the others do', async () => {
    const launcher: Launcher = { start: () => Promise.reject(new Error('not here')) as never };
    const given: unknown[] = [];
    const step: PlannedStep = {
      kind: 'action',
      name: 'one',
      run: async (control) => {
        given.push(control.launcher);
        return { outcome: 'succeeded', summary: '', errors: [] };
      },
    };
    await runPipeline([step], { environment: {}, launcher });
    expect(given).toEqual([launcher]);
  });

  it('stops at the action that fails and names what was left out', async () => {
    const result = await run(failing, false);
    expect(begun).toEqual(['one', 'two']);
    expect(result).toMatchObject({
      actions: [{ name: 'one' }, { name: 'two', outcome: 'failed' }],
      skipped: ['three'],
    });
  });

  it('goes on with the failed step when it is resumed, and from the start when it is not', async () => {
    await run(failing, false);
    begun = [];
    expect(await run(sound, true)).toMatchObject({ reused: ['one'], skipped: [] });
    expect(begun).toEqual(['two', 'three']);
    await run(failing, false);
    begun = [];
    await run(sound, false);
    expect(begun).toEqual(['one', 'two', 'three']);
  });

  it('resumes nothing after success, nor when the steps are others than before', async () => {
    await run(sound, false);
    begun = [];
    await run(sound, true);
    expect(begun).toHaveLength(3);
    await run(failing, false);
    begun = [];
    await run(sound, true, 'other');
    expect(begun).toHaveLength(3);
  });

  it('goes on where it was after a crash in the middle of a step', async () => {
    const crash: PlannedStep = { kind: 'action', name: 'two', run: () => Promise.reject(new Error('crash')) };
    await expect(run([action('one'), crash, action('three')], false)).rejects.toThrow('crash');
    begun = [];
    await run(sound, true);
    expect(begun).toEqual(['two', 'three']);
  });

  it('keeps one log of all steps, and one run at a time', async () => {
    const { logFile } = await run(failing, false);
    const entries = fs
      .readFileSync(logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map((entry) => entry.type)).toEqual(['step', 'action', 'step', 'action']);
    const identity = { pipeline: 'p', target: 'local', fingerprint: 'same' };
    const holder = new PipelineJournal(folder, identity, false);
    expect(() => new PipelineJournal(folder, identity, false)).toThrow(
      /The pipeline p is already running: process \d+ on .+, started /,
    );
    holder.close();
  });

  it('names the file when what was done cannot be noted, and gives up the lock', () => {
    const identity = { pipeline: 'q', target: 'local', fingerprint: 'same' };
    const place = path.join(folder, 'pipelines');
    fs.rmSync(place, { recursive: true, force: true });
    fs.writeFileSync(place, '');
    const open = (): PipelineJournal => new PipelineJournal(folder, identity, false);
    expect(open).toThrow(
      expect.objectContaining({ code: 'JOURNAL_NOT_WRITTEN', message: expect.stringContaining(place) }),
    );
    fs.rmSync(place);
    open().close();
  });
});
