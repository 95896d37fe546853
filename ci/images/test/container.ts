import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from '@cuttle/testing';

/** What `docker image inspect` tells of an image. */
export interface ImageInspection {
  readonly Size: number;
  readonly Architecture: string;
  readonly Os: string;
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly WorkingDir: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

/** Runs docker and gives its stdout. @throws with its stderr when it fails */
export function docker(args: readonly string[]): string {
  const result = spawnSync('docker', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0) throw new Error(`docker ${args[0]}: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}

/** Configuration and size of an image. */
export function inspect(image: string): ImageInspection {
  return (JSON.parse(docker(['image', 'inspect', image])) as readonly [ImageInspection])[0];
}

/** Paths of all files and folders of an image, as its layers make them together. */
export function filesOf(image: string): readonly string[] {
  const container = docker(['create', image, 'spec']).trim();
  const archive = spawnSync('sh', ['-c', 'docker export "$0" | tar -t', container], { encoding: 'utf8' });
  docker(['rm', container]);
  return archive.stdout.trim().split('\n');
}

/** How a container is started. */
export interface ContainerOptions {
  /** Folder of this machine -> folder of the container. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly network?: 'none' | 'host';
  readonly more?: readonly string[];
}

/** The command of an image as strictly as it has to work: read-only root, user 1000, no capabilities. */
export function containerCommand(image: string, options: ContainerOptions = {}): Command {
  const { mounts = {}, network = 'none', more = [] } = options;
  return {
    argv: [
      'docker',
      ...['run', '--rm', '-i', '--network', network, '--read-only', '--tmpfs', '/tmp', '--user', '1000'],
      ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...Object.entries(mounts).flatMap(([from, to]) => ['-v', `${from}:${to}`]),
      ...more,
      image,
    ],
  };
}

/** Lets the container's user into a folder of this test, to read it or to write into it too. */
export function open(folder: string, access: 'read' | 'write'): void {
  fs.chmodSync(folder, access === 'read' ? 0o755 : 0o777);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) fs.chmodSync(path.join(folder, entry.name), 0o644);
  }
}
