import type { Project } from '@cuttle/project';
import { isKnownError } from '@cuttle/protocol';
import { connect, openSession, type Session, type SessionOptions } from './model/session.js';

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
    const auth = target.auth.kind === 'none' ? 'no authentication' : `authentication by ${target.auth.kind}`;
    findings.push({ what: 'target', status: 'ok', message: `${target.name}: ${target.url}, ${auth}` });
  });
  if (!isNamed) return findings;
  await attempt('server', async () => {
    findings.push(...(await examineServer(await openSession(project, options))));
  });
  return findings;
}

async function examineServer({ workspace, lock, fingerprints, config, api }: Session): Promise<readonly Finding[]> {
  const ok = (what: string, message: string): Finding => ({ what, status: 'ok', message });
  const warning = (what: string, message: string): Finding => ({ what, status: 'warning', message });
  const hasConfigApi = await config.isThere();
  const version = hasConfigApi ? await config.version() : undefined;
  const hasDefinitions = (await api.listDefinitions('source')) !== undefined;
  const hasTags = (await api.listTags()) !== undefined;
  const written = lock?.writtenAt === undefined ? 'not written yet' : `of ${lock.writtenAt}`;
  return [
    ok('workspace', `${workspace.name} (${workspace.id})`),
    hasConfigApi
      ? ok('Config API', version === undefined ? 'answers' : `answers, version ${version}`)
      : warning(
          'Config API',
          'does not answer: no check before apply, no backfill, no state, no time zones, no replace',
        ),
    hasDefinitions
      ? ok('connectors', 'definitions of own images can be made')
      : warning('connectors', 'no definitions of own images: Airbyte before 1.6'),
    hasTags ? ok('tags', 'there') : warning('tags', 'none: Airbyte before 1.6'),
    ok('lock', lock === undefined ? 'none: connections are found by name' : `${lock.file}, ${written}`),
    ...(lock === undefined || fingerprints.hasKey
      ? []
      : [warning('CUTTLE_LOCK_KEY', 'not set: secrets that change in the environment are not noticed')]),
  ];
}
