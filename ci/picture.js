// `node ci/picture.js [page] [picture]`: a picture of a dashboard as a browser shows it; the README has the demo's.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Screen of the picture, in pixels; what is below is not in it. */
const SIZE = [1200, 1020];
const TIMEOUT_MS = 60_000;

function main([page = '.cuttle/report/novel.html', picture = 'docs/images/novel-dashboard.png']) {
  const browser = BROWSERS.find((file) => fs.existsSync(file));
  if (browser === undefined) throw new Error('There is no Chromium, which draws the picture.');
  if (!fs.existsSync(path.resolve(ROOT, page))) throw new Error(`${page} is not there: run \`npm run demo\` first.`);
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-picture-'));
  const target = path.resolve(ROOT, picture);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  try {
    // With fewer flags headless Chromium may hang.
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const own = ['--hide-scrollbars', `--user-data-dir=${profile}`, `--window-size=${SIZE}`, `--screenshot=${target}`];
    const url = `file://${path.resolve(ROOT, page)}`;
    const { error, status } = spawnSync(browser, [...flags, ...own, url], { stdio: 'ignore', timeout: TIMEOUT_MS });
    if (error !== undefined || status !== 0) throw new Error(`The browser drew no picture: ${error ?? status}.`);
  } finally {
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  process.stdout.write(`${path.relative(ROOT, target)}, ${fs.statSync(target).size} bytes\n`);
}

main(process.argv.slice(2));
