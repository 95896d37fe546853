import type { DashboardDefinition } from './definition.js';
import { escapeHtml } from './text.js';

/** The whole page: one file, no script, nothing loaded. */
export function renderPage(definition: DashboardDefinition, sections: readonly string[], builtAt: string): string {
  const about = definition.description === undefined ? '' : `<p>${escapeHtml(definition.description)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(definition.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(definition.title)}</h1>${about}<p class="about">Built ${escapeHtml(builtAt)}</p></header>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --ink: #1d2733; --soft: #5c6773; --line: #dde1e6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --card: #1d232a; --ink: #e8ebee; --soft: #a3adb8; --line: #39424c; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
header, main { max-width: 1560px; margin: 0 auto; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 15px; margin: 0 0 6px; overflow-wrap: anywhere; }
header p { margin: 0 0 6px; }
.about, .period, .unit, .none { color: var(--soft); font-size: 13px; margin: 0 0 8px; }
main { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 14px; margin-top: 12px; }
.card { grid-column: span var(--columns); min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; }
.value { font-size: 30px; font-weight: 600; margin: 0; }
.unit { font-size: 16px; }
.change { margin: 0 0 6px; font-size: 13px; }
svg { display: block; max-width: 100%; height: auto; }
.wide svg { width: 100%; }
.trend { max-width: 240px; }
.narrow { display: none; }
svg text { fill: var(--ink); }
svg .role-axis-grid line { stroke: var(--line); }
.scroll { overflow-x: auto; max-height: 420px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { padding: 4px 8px; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { position: sticky; top: 0; background: var(--card); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.numbers { margin: 8px 0 0; font-size: 13px; color: var(--soft); }
.numbers a { color: inherit; margin-right: 8px; }
@media (max-width: 900px) {
  .card { grid-column: span 12; }
  .card.bignumber { grid-column: span 6; }
}
@media (max-width: 640px) {
  .card.bignumber { grid-column: span 12; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; }
  body { padding: 0; }
  .card { break-inside: avoid; }
  .numbers { display: none; }
  .scroll { max-height: none; overflow: visible; }
}
`;
