// Jest reporter: writes docs/conformance.md (the image suite: docs/conformance-images.md) from the results of a whole run,
// and the closing line of counts.
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** By the value of CUTTLE_WRITE_CONFORMANCE: page and the command that makes it. */
const PAGES = {
  full: { file: 'conformance.md', command: 'npm run test:full' },
  images: { file: 'conformance-images.md', command: 'npm run test:images' },
};

const ID = /\b(?:C|SPEC|CHK|DISC|R|X|I|BUB|GA|BW|STR|FB|G|AB|D-[A-Z]+|F-[A-Z]+)-\d{2}\b/g;
const BYPASS = /\[bypass: (.*)\]$/;

class ConformanceReporter {
  onRunComplete(_contexts, results) {
    const rows = results.testResults.flatMap((file) => rowsOf(file));
    const page = PAGES[process.env.CUTTLE_WRITE_CONFORMANCE];
    if (page !== undefined) fs.writeFileSync(path.join(ROOT, 'docs', page.file), render(rows, page.command));
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.stdout.write(`\n${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped\n`);
  }
}

function rowsOf(file) {
  const folder = path.relative(ROOT, file.testFilePath).split(path.sep).slice(0, 2).join('/');
  return file.testResults.flatMap((test) => {
    const ids = [...new Set(test.title.match(ID) ?? [])];
    const bypass = BYPASS.exec(test.title)?.[1];
    const title = test.title
      .replace(BYPASS, '')
      .replace(ID, '')
      .trim()
      .replace(/^[,:\s]+/, '');
    const subject = test.ancestorTitles[0] ?? folder;
    return ids.map((id) => ({ id, subject, title, result: bypass === undefined ? test.status : 'bypassed', bypass }));
  });
}

function render(rows, command) {
  const sorted = [...rows].sort(
    (a, b) => compare(a.subject, b.subject) || compareIds(a.id, b.id) || compare(a.title, b.title),
  );
  const bySubject = Map.groupBy ? Map.groupBy(sorted, ({ subject }) => subject) : groupBy(sorted);
  const lines = [
    '# Conformance',
    '',
    `Made by \`${command}\` from the results of that run; do not edit. Each row is a test that drives commands or, for named`,
    'defects of an API, the connector against its stand-in. A bypass says why a statement has no subject there.',
  ];
  for (const [subject, own] of bySubject) {
    lines.push('', `## ${subject}`, '', '| id | test | result |', '| --- | --- | --- |');
    for (const { id, title, result, bypass } of own) {
      const shown = bypass === undefined ? result : `bypassed: ${bypass}`;
      lines.push(`| ${id} | ${escapeCell(title)} | ${escapeCell(shown)} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function groupBy(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.subject, [...(groups.get(row.subject) ?? []), row]);
  return groups;
}

function compareIds(a, b) {
  return compare(a.replace(/\d+$/, ''), b.replace(/\d+$/, '')) || compare(a, b);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function escapeCell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

module.exports = ConformanceReporter;
