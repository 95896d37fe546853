import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { ConnectorInstance } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { connectorEnvironment } from './connector-environment.js';

/** Commands of a connector. */
export type ConnectorCommandName = 'spec' | 'check' | 'discover' | 'read' | 'write' | 'sql';

/** What is to be started. */
export interface LaunchRequest {
  readonly instance: ConnectorInstance;
  readonly command: ConnectorCommandName;
  /** Option -> absolute path of a file, such as `config`. Secrets are in these files only, never in arguments. */
  readonly files: { readonly [option: string]: string };
  /** Working directory: relative paths of a config start here. */
  readonly folder: string;
}

/**
 * Starts connectors. The one seam between the runner and how a connector is packed: a local path or an image.
 */
export interface Launcher {
  /**
   * Starts a command with pipes on stdin, stdout and stderr, in a process group of its own, so that Ctrl-C in a terminal
   * reaches the runner only.
   *
   * @throws {ConfigError} `CONNECTOR_NOT_FOUND`
   */
  start(request: LaunchRequest): ChildProcess;
}

const LIFELINE = path.join(__dirname, '..', '..', 'resources', 'lifeline.js');

/** Starts `node <path>/bin/main.js`. @param environment a connector gets what {@link connectorEnvironment} lets through */
export function processLauncher(environment: NodeJS.ProcessEnv): Launcher {
  return {
    start({ instance, command, files, folder }) {
      const script = scriptOf(instance);
      const options = Object.entries(files).flatMap(([option, file]) => [`--${option}`, file]);
      // A destination learns of the runner's end by the end of its input; it must not be cut off in a commit.
      const lifeline = command === 'write' ? [] : ['--require', LIFELINE];
      return spawn(process.execPath, [...lifeline, script, command, ...options], {
        cwd: folder,
        env: connectorEnvironment(environment, instance),
        stdio: ['pipe', 'pipe', 'pipe', ...(command === 'write' ? [] : (['pipe'] as const))],
        detached: true,
      });
    },
  };
}

function scriptOf(instance: ConnectorInstance): string {
  const { connector, role } = instance;
  if (connector.folder === undefined) {
    const what = connector.image === undefined ? 'no path' : 'an image but no path';
    throw new ConfigError(
      `The ${role} connector "${connector.key}" has ${what}; a local run starts connectors by their path, or from images with --images.`,
      { code: 'CONNECTOR_NOT_FOUND' },
    );
  }
  const script = path.join(connector.folder, 'bin', 'main.js');
  if (fs.existsSync(script)) return script;
  throw new ConfigError(`The ${role} connector "${connector.key}" has no ${script}.`, { code: 'CONNECTOR_NOT_FOUND' });
}
