import { type Diagnostic, formatPosition } from '@cuttle/project';
import type { Paint } from '../terminal.js';
import { plural } from './quantity.js';

/** One line per finding: `file:line:column error message`. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], colours: Paint): string {
  return diagnostics
    .map((entry) => {
      const label = entry.severity === 'error' ? colours.red('error') : colours.yellow('warning');
      return `${formatPosition(entry)} ${label} ${entry.message} ${colours.dim(entry.code)}\n`;
    })
    .join('');
}

/** `2 errors, 1 warning`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((entry) => entry.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  return [plural(errors, 'error'), ...(warnings === 0 ? [] : [plural(warnings, 'warning')])].join(', ');
}
