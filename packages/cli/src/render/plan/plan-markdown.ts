import type { Plan } from '@cuttle/gitops';
import { type Mark, type PlanLine, planLines, SYMBOLS, summaryLine } from './plan-lines.js';

/** Longest comment that GitHub takes is 65,536 characters. */
const MAX_LENGTH = 60_000;

/** First character of a line in a fenced `diff`, which gives it its colour. */
const DIFF: Readonly<Record<Mark, string>> = {
  add: '+',
  change: '!',
  replace: '!',
  remove: '-',
  drift: '!',
  warning: '!',
  unknown: ' ',
  plain: ' ',
};

/** A plan for a pull request: one comment that is found again by its hidden first line, folded, cut below the limit. */
export function renderPlanMarkdown(plan: Plan): string {
  const lines = planLines(plan);
  const title = `### cuttle plan: ${escapeText(plan.project)} on ${escapeText(plan.target)}`;
  const marker = `<!-- cuttle plan ${plan.project} ${plan.target} -->`;
  const summary = lines.length === 0 ? 'No changes.' : summaryLine(plan);
  const refused = plan.items.filter(({ blocked }) => blocked !== undefined);
  const blocks = refused.length === 0 ? [] : ['', `**Refused:** ${refused.map(({ key }) => `\`${key}\``).join(', ')}`];
  const head = [marker, title, '', summary, ...blocks, ''];
  if (lines.length === 0) return `${head.join('\n')}`;
  const body = fit(lines.map(diffLine), MAX_LENGTH - head.join('\n').length - 200);
  const isOpen = plan.counts.destroy + plan.counts.replace > 0;
  const details = [
    `<details${isOpen ? ' open' : ''}><summary>Details</summary>`,
    '',
    '```diff',
    ...body,
    '```',
    '',
    '</details>',
    '',
  ];
  return [...head, ...details].join('\n');
}

function diffLine({ depth, mark, text }: PlanLine): string {
  const symbol = SYMBOLS[mark];
  return `${DIFF[mark]} ${' '.repeat(depth * 4)}${symbol === DIFF[mark] ? '' : `${symbol} `}${text.replaceAll('```', "'''")}`.trimEnd();
}

function fit(lines: readonly string[], room: number): readonly string[] {
  let length = 0;
  const kept = lines.filter((line) => {
    length += line.length + 1;
    return length <= room;
  });
  return kept.length === lines.length
    ? lines
    : [...kept, `  ... ${lines.length - kept.length} more lines: run cuttle plan`];
}

function escapeText(text: string): string {
  return text.replace(/[<>&*_`[\]|]/g, (character) => `\\${character}`);
}
