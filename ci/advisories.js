// `npm run advisories`: known advisories (high and critical) of what the packages need at run time, from the lock file.
// Ends with 1 when there is one. A registry that cannot be asked is no finding: it is said, and CUTTLE_REQUIRE=registry makes it one.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const TIMEOUT_MS = 60_000;
const GRAVE = ['high', 'critical'];

/**
 * What a report of `npm audit --json` says.
 *
 * @param {string} text
 * @returns {{ kind: 'unknown', reason: string } | { kind: 'known', findings: readonly string[] }}
 */
function judge(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return { kind: 'unknown', reason: 'npm gave no report' };
  }
  const { vulnerabilities, message, error } = report ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    return { kind: 'unknown', reason: String(message ?? error?.summary ?? 'npm gave no report').split('\n')[0] };
  }
  const findings = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => GRAVE.includes(severity))
    .map(([name, { severity, range, via }]) => {
      const titles = (via ?? []).flatMap((entry) => (typeof entry === 'object' ? [`${entry.title} ${entry.url}`] : []));
      return [`${severity}: ${name} ${range ?? ''}`.trim(), ...titles].join('\n  ');
    });
  return { kind: 'known', findings };
}

function main() {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json'];
  const { stdout } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', timeout: TIMEOUT_MS });
  const result = judge(stdout ?? '');
  if (result.kind === 'unknown') {
    process.stderr.write(`Advisories are not known: ${result.reason}.\n`);
    return process.env.CUTTLE_REQUIRE?.split(',').includes('registry') ? 1 : 0;
  }
  for (const finding of result.findings) process.stderr.write(`${finding}\n`);
  process.stderr.write(
    `${result.findings.length} known advisories, high or critical, of what runs with the packages.\n`,
  );
  return result.findings.length === 0 ? 0 : 1;
}

module.exports = { judge };

if (require.main === module) process.exitCode = main();
