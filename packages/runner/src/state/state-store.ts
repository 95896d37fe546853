import fs from 'node:fs';
import path from 'node:path';
import { ConfigError, descriptorOf, type LosslessObject, SystemError, writeDurably } from '@cuttle/protocol';
import type { ConnectionState, StreamRecord } from './connection-state.js';
import { safeName } from './safe-name.js';
import { decodeStateText, encodeStateText } from './state-text.js';

/** Whose state it is. */
export interface StateOwner {
  readonly project: string;
  readonly connection: string;
  readonly target: string;
}

/** A state that was read, and what the user should know about it. */
export interface LoadedState {
  /** Undefined when the connection never ran. */
  readonly state: ConnectionState | undefined;
  readonly warnings: readonly string[];
}

/**
 * The state file of one connection: `state/<connection>.json`, for targets other than `local`
 * `state/<connection>@<target>.json`.
 *
 * A save writes a new file, syncs it, keeps the file before as `.previous.json` and renames; a crash at any point leaves
 * a whole file of one of the two. A damaged file is never taken for an empty one: the previous one is used, with a
 * warning, or the run is refused.
 */
export class StateStore {
  readonly file: string;
  private readonly folder: string;
  private readonly owner: StateOwner;
  /** Whether the file in place is good, so that a save may make it the previous one. */
  private isInPlace = false;

  /** @param folder the `.cuttle` folder, absolute */
  constructor(folder: string, owner: StateOwner) {
    this.folder = path.join(folder, 'state');
    this.owner = owner;
    const suffix = owner.target === 'local' ? '' : `@${safeName(owner.target)}`;
    // A connection "shop.previous" must not have the file that is kept before a save of "shop".
    const name = safeName(owner.connection).replace(/\.(?=(?:previous|damaged|version-0)$)/, '%2E');
    this.file = path.join(this.folder, `${name}${suffix}.json`);
  }

  private get previous(): string {
    return `${this.file.slice(0, -'.json'.length)}.previous.json`;
  }

  /**
   * Checks the folder and reads the state.
   *
   * @throws {ConfigError} `STATE_FOLDER_UNSAFE`, `STATE_TOO_NEW`, `STATE_OF_OTHER_CONNECTION`
   * @throws {SystemError} `STATE_DAMAGED` when neither the file nor the previous one can be used
   */
  load(): LoadedState {
    const warnings = [...prepareFolder(this.folder), ...[this.file, this.previous].flatMap(checkFile)];
    this.removeLeftovers();
    const current = this.read(this.file);
    if (current.kind === 'state') {
      this.isInPlace = true;
      return { state: current.state, warnings: [...warnings, ...current.warnings] };
    }
    const before = this.read(this.previous);
    if (current.kind === 'missing' && before.kind === 'missing') return { state: undefined, warnings };
    const reason = current.kind === 'missing' ? 'it is missing' : current.reason;
    if (before.kind !== 'state') {
      throw this.damaged(reason);
    }
    this.keepDamaged(current.kind);
    const note = `The state file ${this.file} cannot be used (${reason}); the one before it, of ${before.state.savedAt}, is used instead. What came since then is read again: tables that rows are appended to may get those rows twice.`;
    return { state: before.state, warnings: [...warnings, note, ...before.warnings] };
  }

  /** The state as a run would find it, without touching anything. @throws as {@link load}, its folder checks apart */
  peek(): ConnectionState | undefined {
    const current = this.read(this.file, false);
    if (current.kind === 'state') return current.state;
    const before = this.read(this.previous, false);
    if (before.kind === 'state') return before.state;
    if (current.kind === 'missing' && before.kind === 'missing') return undefined;
    throw this.damaged(current.kind === 'damaged' ? current.reason : 'it is missing');
  }

  /** Removes the state: the next run starts from the beginning. */
  forget(): void {
    for (const file of [this.file, this.previous]) fs.rmSync(file, { force: true });
    this.isInPlace = false;
  }

  /** Writes the state durably. @throws {SystemError} `STATE_NOT_SAVED`; the state before stays readable */
  save(state: ConnectionState): void {
    try {
      writeDurably(this.file, encodeStateText(state), { beforeRename: () => this.keepPrevious() });
      this.isInPlace = true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw new SystemError(`The state could not be saved to ${this.file} (${code}). The state before is intact.`, {
        code: 'STATE_NOT_SAVED',
        cause: error,
      });
    }
  }

  /** Makes a good file in place the previous one without a moment in which neither exists. */
  private keepPrevious(): void {
    if (!this.isInPlace) return;
    const link = `${this.previous}.${process.pid}.tmp`;
    fs.rmSync(link, { force: true });
    try {
      fs.linkSync(this.file, link);
    } catch {
      // File systems without hard links.
      fs.copyFileSync(this.file, link);
    }
    fs.renameSync(link, this.previous);
  }

  /** Temporary files of a process that was killed inside a save; the lock makes sure that none is in use. */
  private removeLeftovers(): void {
    // Not by the beginning of the name alone: connections "shop" and "shop.eu" may run at the same time.
    const own = [this.file, this.previous].map((file) => path.basename(file));
    for (const name of fs.readdirSync(this.folder)) {
      const stem = name.replace(/\.\d+\.tmp$/, '');
      if (stem !== name && own.includes(stem)) fs.rmSync(path.join(this.folder, name), { force: true });
    }
  }

  private damaged(reason: string): SystemError {
    return new SystemError(
      `The state file ${this.file} cannot be used (${reason}), and there is no usable previous one. To start from the beginning on purpose, remove it and ${path.basename(this.previous)}.`,
      { code: 'STATE_DAMAGED' },
    );
  }

  private keepDamaged(kind: 'missing' | 'damaged'): void {
    this.isInPlace = false;
    if (kind === 'damaged') fs.renameSync(this.file, `${this.file.slice(0, -'.json'.length)}.damaged.json`);
  }

  private read(file: string, mayWrite = true): ReadResult {
    let text: string;
    try {
      text = fs.readFileSync(file, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'damaged', reason: `it cannot be read: ${code}` };
    }
    const found = decodeStateText(text);
    if (found.kind === 'damaged') return found;
    if (found.kind === 'messages') return this.migrate(file, text, found.messages, mayWrite);
    this.refuseOthers(found.state, file);
    const warning = `The state file ${file} has no checksum: it is taken as edited by hand.`;
    return { kind: 'state', state: found.state, warnings: found.isEdited ? [warning] : [] };
  }

  private migrate(file: string, text: string, messages: readonly LosslessObject[], mayWrite: boolean): ReadResult {
    const state = fromMessages(this.owner, messages);
    if (state === undefined) return { kind: 'damaged', reason: 'it holds states of an unknown form' };
    const backup = `${file.slice(0, -'.json'.length)}.version-0.json`;
    if (mayWrite) writeDurably(backup, text);
    const warning = `The state file ${file} was a plain list of states and is brought to the current version; a copy is kept as ${path.basename(backup)}.`;
    return { kind: 'state', state, warnings: [warning] };
  }

  private refuseOthers(state: ConnectionState, file: string): void {
    const { project, connection, target } = this.owner;
    if (state.connection === connection && state.target === target && state.project === project) return;
    throw new ConfigError(
      `The state file ${file} belongs to connection "${state.connection}" of project "${state.project}" on target "${state.target}". Give the connections different names.`,
      { code: 'STATE_OF_OTHER_CONNECTION' },
    );
  }
}

type ReadResult =
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'state'; readonly state: ConnectionState; readonly warnings: readonly string[] };

function fromMessages(owner: StateOwner, messages: readonly LosslessObject[]): ConnectionState | undefined {
  const streams: StreamRecord[] = [];
  let shared: ConnectionState['shared'];
  for (const given of messages) {
    const wrapped = given.get('state');
    const message = given.get('type') === 'STATE' && wrapped instanceof Map ? wrapped : given;
    const global = message.get('global');
    // Other clients write the stream's part alone.
    const parts = global instanceof Map ? global.get('stream_states') : [message.get('stream') ?? message];
    if (global instanceof Map) shared = global.get('shared_state') ?? null;
    for (const part of Array.isArray(parts) ? parts : []) {
      const record = part instanceof Map ? recordOf(part) : undefined;
      if (record === undefined) return undefined;
      streams.push(record);
    }
  }
  const state = { ...owner, syncId: 0, savedAt: new Date(0).toISOString(), streams };
  return shared === undefined ? state : { ...state, shared };
}

function recordOf(part: LosslessObject): StreamRecord | undefined {
  const descriptor = part.get('stream_descriptor') ?? part.get('streamDescriptor');
  const name = descriptor instanceof Map ? descriptor.get('name') : undefined;
  if (!(descriptor instanceof Map) || typeof name !== 'string') return undefined;
  const namespace = descriptor.get('namespace');
  return {
    stream: descriptorOf({ name, namespace: typeof namespace === 'string' ? namespace : null }),
    syncMode: 'incremental',
    state: part.get('stream_state') ?? part.get('streamState') ?? null,
    generationId: 0,
    minimumGenerationId: 0,
    isOpen: false,
    syncId: 0,
  };
}

/** Makes the folder when it is missing. @returns warnings */
function prepareFolder(folder: string): readonly string[] {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unsafe(folder, `it cannot be made (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  const found = fs.lstatSync(folder);
  if (found.isSymbolicLink()) throw unsafe(folder, 'it is a symbolic link');
  if (!found.isDirectory()) throw unsafe(folder, 'it is no folder');
  refuseOtherOwner(folder, found);
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
  } catch {
    throw unsafe(folder, 'it cannot be written to');
  }
  return (found.mode & 0o022) === 0 ? [] : [`The folder ${folder} can be written to by others.`];
}

/** @returns warnings */
function checkFile(file: string): readonly string[] {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isSymbolicLink()) throw unsafe(file, 'it is a symbolic link');
  if (!found.isFile()) throw unsafe(file, 'it is no file');
  refuseOtherOwner(file, found);
  return (found.mode & 0o022) === 0 ? [] : [`The state file ${file} can be written to by others.`];
}

function refuseOtherOwner(place: string, found: fs.Stats): void {
  const user = process.getuid?.();
  if (user !== undefined && found.uid !== user) throw unsafe(place, `it belongs to user ${found.uid}`);
}

function unsafe(place: string, reason: string): ConfigError {
  return new ConfigError(`The state cannot be kept at ${place}: ${reason}.`, { code: 'STATE_FOLDER_UNSAFE' });
}
