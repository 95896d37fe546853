import { hasForeignChange, isEmpty, type Plan } from '@cuttle/gitops';
import type { Paint } from '../../terminal.js';
import { type Mark, type PlanLine, planLines, SYMBOLS, summaryLine } from './plan-lines.js';

/** Columns that text is broken at when nobody says how wide the terminal is. */
const WIDTH = 80;

const FOREIGN = 'No changes to apply, but Airbyte is not as it was left.\n';

/** A plan for a terminal. */
export function renderPlanText(plan: Plan, colours: Paint, width = WIDTH): string {
  const body = planLines(plan).flatMap((line) => renderLine(line, colours, Math.max(WIDTH, width)));
  const head = `${headOf(plan)}\n\n`;
  const nothing = hasForeignChange(plan) ? FOREIGN : 'No changes. Airbyte is as the documents say.\n';
  if (body.length === 0) return `${head}${nothing}`;
  if (isEmpty(plan)) return `${head}${nothing}\n${body.join('\n')}\n`;
  return `${head}${body.join('\n')}\n\n${colours.bold(summaryLine(plan))}\n`;
}

/** `Target prod  workspace Novel (0b1e...)  lock 2026-11-19 06:02`. */
function headOf({ target, workspace, lockWrittenAt }: Plan): string {
  const lock = lockWrittenAt === undefined ? '' : `  lock ${lockWrittenAt.slice(0, 16).replace('T', ' ')}`;
  return `Target ${target}  workspace ${workspace.name} (${workspace.id.slice(0, 8)})${lock}`;
}

function renderLine({ depth, mark, text }: PlanLine, colours: Paint, width: number): readonly string[] {
  const indent = ' '.repeat(2 + depth * 4);
  const lines = wrap(text, width - indent.length - 2);
  return lines.map((line, index) => {
    const symbol = index === 0 ? SYMBOLS[mark] : ' ';
    const rest = index === 0 ? line : `  ${line}`;
    return `${indent}${tone(mark, colours)(`${symbol} ${rest}`)}`.trimEnd();
  });
}

function tone(mark: Mark, colours: Paint): (text: string) => string {
  const tones: Readonly<Record<Mark, (text: string) => string>> = {
    add: colours.green,
    change: colours.yellow,
    replace: colours.red,
    remove: colours.red,
    drift: colours.yellow,
    warning: colours.yellow,
    unknown: colours.dim,
    plain: (text) => text,
  };
  return tones[mark];
}

/** Breaks at spaces; a word that is too long stays whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' && lines.length === 0 && word === '' ? ' ' : `${line}${line === '' ? '' : ' '}${word}`;
    if ([...longer].length > width - (lines.length > 0 ? 2 : 0) && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
