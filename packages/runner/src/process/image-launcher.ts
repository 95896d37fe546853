import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { ConfigError } from '@cuttle/protocol';
import { containerVariables } from './connector-environment.js';
import type { Launcher, LaunchRequest } from './launcher.js';

/** Where the files of a run lie in a container. */
const FILES = '/config';

/**
 * Starts connectors from their images with `docker run`: read-only root, no capabilities, the user of this process, the
 * network of this machine. Sources see their own files only; a destination sees the project's folder, at its own path.
 *
 * @param environment of the docker command; proxies, language and what the Connectors entry lists enter a container
 * @throws {ConfigError} `IMAGES_UNAVAILABLE` when no engine answers
 */
export function imageLauncher(environment: NodeJS.ProcessEnv): Launcher {
  const { error, status, stderr } = spawnSync('docker', ['version'], { env: environment, encoding: 'utf8' });
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split('\n').at(-1);
    throw new ConfigError(`Connectors cannot be started from images: ${reason}`, { code: 'IMAGES_UNAVAILABLE' });
  }
  return {
    start(request) {
      const name = `cuttle-${randomUUID()}`;
      const child = spawn('docker', containerArguments(name, request, environment), {
        env: environment,
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      // A destination learns of the runner's end by the end of its input; it must not be cut off in a commit.
      if (request.command === 'write') return child;
      const guard = startGuard(name, environment);
      child.once('exit', guard);
      child.once('error', guard);
      return child;
    },
  };
}

/** Arguments of `docker` for a command. @throws {ConfigError} `IMAGE_MISSING` when the document names no image */
export function containerArguments(
  name: string,
  { instance, command, files, folder }: LaunchRequest,
  environment: NodeJS.ProcessEnv = {},
): string[] {
  const { connector, role } = instance;
  if (connector.image === undefined) {
    throw new ConfigError(
      `The ${role} connector "${connector.key}" names no image; add one, or run without --images.`,
      {
        code: 'IMAGE_MISSING',
      },
    );
  }
  const given = Object.entries(files);
  const mounts = given.map(([, file]) => `${file}:${FILES}/${path.basename(file)}:ro`);
  return [
    ...['run', '--rm', '--interactive', '--name', name, '--network', 'host', '--read-only', '--volume', '/tmp'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...userArguments()],
    // By name: docker reads the value from its own environment, so that none stands in the list of processes.
    ...containerVariables(environment, instance).flatMap((variable) => ['--env', variable]),
    ...mounts.flatMap((mount) => ['--volume', mount]),
    ...(command === 'write' ? destinationArguments(folder) : []),
    '--',
    connector.image,
    command,
    ...given.flatMap(([option, file]) => [`--${option}`, `${FILES}/${path.basename(file)}`]),
  ];
}

/** Process ids of the machine, because destinations that share a file find out by them who is still there. */
function destinationArguments(folder: string): readonly string[] {
  return ['--pid', 'host', '--volume', `${folder}:${folder}`, '--workdir', folder];
}

function userArguments(): readonly string[] {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  return user === undefined ? [] : ['--user', `${user}:${group}`];
}

/**
 * A process that removes the container when this process is gone, however it ended: killing the docker command leaves
 * its container running. Gives a function that lets it act now.
 */
function startGuard(name: string, environment: NodeJS.ProcessEnv): () => void {
  const script = 'cat; exec docker rm --force -- "$0"';
  const guard = spawn('sh', ['-c', script, name], {
    env: environment,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => guard.stdin.end();
}
