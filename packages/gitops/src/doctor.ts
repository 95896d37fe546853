import type { Project } from '@cuttle/project';
import { isKnownError } from '@cuttle/protocol';
import { connect, openSession, type SessionOptions } from './model/session.js';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** Code of the error, if it is one. */
  readonly code?: string;
}

/** Looks at everything that plan and apply need of a target; stops at the first thing without which nothing works. */
export async function examineTarget(project: Project, options: SessionOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const ok = (what: string, message: string): void => void findings.push({ what, status: 'ok', message });
  const warn = (what: string, message: string): void => void findings.push({ what, status: 'warning', message });
  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isKnownError(error)) throw error;
      findings.push({ what, status: 'error', message: error.message, code: error.code });
      return false;
    }
  };
  const isNamed = await attempt('target', async () => {
    const { target } = connect(project, options);
    ok(
      'target',
      `${target.name}: ${target.url}, ${target.auth.kind === 'none' ? 'no authentication' : `authentication by ${target.auth.kind}`}`,
    );
  });
  if (!isNamed) return findings;
  await attempt('server', async () => {
    const session = await openSession(project, options);
    const { workspace, lock, fingerprints, config, api } = session;
    ok('workspace', `${workspace.name} (${workspace.id})`);
    const version = (await config.isThere()) ? await config.version() : undefined;
    if (await config.isThere()) ok('Config API', version === undefined ? 'answers' : `answers, version ${version}`);
    else warn('Config API', 'does not answer: no check before apply, no backfill, no state, no time zones, no replace');
    if ((await api.listDefinitions('source')) === undefined)
      warn('connectors', 'no definitions of own images: Airbyte before 1.6');
    else ok('connectors', 'definitions of own images can be made');
    if ((await api.listTags()) === undefined) warn('tags', 'none: Airbyte before 1.6');
    else ok('tags', 'there');
    if (lock === undefined) ok('lock', 'none: connections are found by name');
    else ok('lock', `${lock.file}, ${lock.writtenAt === undefined ? 'not written yet' : `of ${lock.writtenAt}`}`);
    if (lock !== undefined && !fingerprints.hasKey) {
      warn('CUTTLE_LOCK_KEY', 'not set: secrets that change in the environment are not noticed');
    }
  });
  return findings;
}
