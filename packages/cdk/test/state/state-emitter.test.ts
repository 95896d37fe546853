import { StateEmitter } from '../../src/state/state-emitter.js';
import { storedStates } from '../../src/state/stored-states.js';

const content = (message: ReturnType<StateEmitter['next']>) => message?.stream?.stream_state;

describe('StateEmitter', () => {
  it('R-06 counts the records since the state before', () => {
    const states = new StateEmitter({ name: 'a' }, undefined);
    states.count(3);
    expect(states.next({ at: 1 })).toEqual({
      type: 'STREAM',
      stream: { stream_descriptor: { name: 'a' }, stream_state: { at: 1 } },
      sourceStats: { recordCount: 3 },
    });
    expect(states.next({ at: 2 })?.sourceStats).toEqual({ recordCount: 0 });
  });

  it('leaves out an equal state without records between, raises seq with records between', () => {
    const states = new StateEmitter({ name: 'a' }, { at: 1, seq: 4 });
    expect(content(states.next({ at: 1 }))).toEqual({ at: 1, seq: 4 });
    expect(states.next({ at: 1 })).toBeUndefined();
    states.count(1);
    expect(content(states.next({ at: 1 }))).toEqual({ at: 1, seq: 5 });
    expect(content(states.next({ at: 2 }))).toEqual({ at: 2 });
  });
});

describe('storedStates', () => {
  it('R-13 reads STREAM, GLOBAL and LEGACY states; null clears', () => {
    const stream = (name: string, state: unknown) => ({ stream_descriptor: { name }, stream_state: state as never });
    const { states, unreadable, hasSharedPart } = storedStates([
      { type: 'STREAM', stream: stream('a', { x: 1 }) },
      { type: 'GLOBAL', global: { stream_states: [stream('b', { x: 2 }), stream('n', null)] } },
      { type: 'LEGACY', data: { c: { x: 3 }, d: 'text' } },
    ]);
    expect([...states.values()]).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
    expect([unreadable.size, hasSharedPart]).toEqual([1, false]);
  });
});
