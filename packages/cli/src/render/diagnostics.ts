import { type Diagnostic, formatPosition } from '@cuttle/project';
import type { Paint } from '../terminal.js';

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
  return [amount(errors, 'error'), ...(warnings === 0 ? [] : [amount(warnings, 'warning')])].join(', ');
}

function amount(value: number, word: string): string {
  return `${value} ${word}${value === 1 ? '' : 's'}`;
}
