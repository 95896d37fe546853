import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

function listFiles(...patterns: readonly string[]): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
  return files.filter((file) => fs.existsSync(path.join(ROOT, file)));
}

/** A page without its code. */
function prose(page: string): string {
  return page.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The anchors that GitHub gives to headings. */
function anchors(page: string): readonly string[] {
  const headings = [...page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('documentation', () => {
  it('each link to a file or heading of the repository leads somewhere', () => {
    const broken: string[] = [];
    let count = 0;
    for (const page of listFiles('*.md').filter((file) => !file.startsWith('ci/templates/'))) {
      for (const [, target = ''] of prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        count += 1;
        const [file = '', anchor] = target.split('#');
        const place = file === '' ? page : path.join(path.dirname(page), file);
        const isThere = fs.existsSync(path.join(ROOT, place));
        const hasAnchor = anchor === undefined || (isThere && anchors(read(place)).includes(anchor));
        if (!isThere || !hasAnchor) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(30);
  });

  it('each guide is linked from the README or from a guide that is', () => {
    const linked = new Set<string>();
    const follow = (page: string): void => {
      if (linked.has(page)) return;
      linked.add(page);
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s#]+\.md)/g)) {
        if (!/^[a-z]+:/.test(target)) follow(path.join(path.dirname(page), target));
      }
    };
    follow('README.md');
    expect(listFiles('docs/*.md').filter((file) => !linked.has(file))).toEqual([]);
  });

  it('messages under Troubleshooting are those of the source', () => {
    const code = ['packages', 'sources', 'destinations', 'ci'].map((folder) => `${folder}/**/*.ts`);
    const files = listFiles(...code, 'ci/*.js', 'ci/**/*.js').filter((file) => !/(^|\/)test\//.test(file));
    // Long texts are written in pieces.
    const texts = files.map((file) => read(file).replace(/['"`]\s*\+\s*['"`]/g, ''));
    const rows = [...read('docs/troubleshooting.md').matchAll(/^\| (`.+?) \|/gm)].map((match) => match[1]!);
    const isSaid = (row: string) => {
      const parts = [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
      return texts.some((text) => parts.every((part) => text.includes(part)));
    };
    expect(rows.filter((row) => !isSaid(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(35);
  });
});
