import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Boot and start time of the process, in the words of the system; undefined where they cannot be read. */
  readonly start?: string;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  const start = startOf(process.pid);
  return { pid: process.pid, host: os.hostname(), ...(start === undefined ? {} : { start }) };
}

/**
 * Whether the process still runs. `unknown` for another host. A pid that another process took over counts as dead; where
 * start times cannot be read, a living pid counts as the holder.
 */
export function lifeOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.host !== os.hostname()) return 'unknown';
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'dead';
  }
  const start = startOf(identity.pid);
  if (start === undefined || identity.start === undefined) return 'alive';
  return start === identity.start ? 'alive' : 'dead';
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid);
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat counts ticks since boot: the boot's id makes it unique. A zombie counts as gone. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return fields[0] === 'Z' ? `${boot}/gone` : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}
