import { examineTarget, type Finding } from '@cuttle/gitops';
import { airbyteTargets, loadProject } from '@cuttle/project';
import { EXIT } from '../../exit-code.js';
import { findStacks } from '../../project-lookup.js';
import { type CommandContext, writeResult } from '../context.js';
import type { TargetOptions } from './open-target.js';

/** Looks at everything that the other commands need. @returns the exit code */
export async function doctor(context: CommandContext, options: TargetOptions): Promise<number> {
  const { terminal, colours } = context;
  const findings: Finding[] = [nodeFinding()];
  for (const stack of findStacks(options, terminal.folder)) {
    const { project, diagnostics } = loadProject(stack);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const name = `documents of ${project.name}`;
    if (errors > 0) {
      findings.push({
        what: name,
        status: 'error',
        message: `${errors} errors: \`cuttle validate\` shows them`,
        code: 'INVALID',
      });
      continue;
    }
    findings.push({ what: name, status: 'ok', message: 'valid' });
    const targets = airbyteTargets(project).filter(
      (target) => options.target === undefined || target === options.target,
    );
    for (const target of targets) {
      terminal.err(`Asking the Airbyte server of target ${target} ...\n`);
      findings.push(...(await examineTarget(project, { target, environment: terminal.environment })));
    }
  }
  const label = { ok: colours.green('ok'), warning: colours.yellow('warning'), error: colours.red('error') };
  const text = findings.map(({ what, status, message }) => `${label[status]}  ${what}: ${message}\n`).join('');
  writeResult(context, text, { findings });
  const codes = findings.flatMap(({ status, code }) => (status === 'error' ? [code] : []));
  if (codes.length === 0) return EXIT.ok;
  return codes.includes('CREDENTIAL_REJECTED')
    ? EXIT.unauthorized
    : codes.includes('INVALID')
      ? EXIT.invalid
      : EXIT.error;
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew
    ? { what: 'Node', status: 'ok', message: process.versions.node }
    : { what: 'Node', status: 'error', message: `${process.versions.node} is too old: 20.19 or newer is needed` };
}
