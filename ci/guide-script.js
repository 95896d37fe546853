// A guide as a script: what a person would do who follows it to the letter.

const BLOCK = /^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm;

/**
 * One bash script of the code blocks of a page, in their order. `sh` blocks are run in one shell; one that is marked
 * `second shell` runs beside it until the end, one marked `example` only shows something. A block of another language
 * with a path behind it is written into that file.
 *
 * @param ready file that what runs in the second shell writes once it answers; undefined where there is none
 */
function guideScript(page, ready) {
  const parts = [...page.matchAll(BLOCK)].map(([, language, mark, text]) => partOf(language, mark.trim(), text, ready));
  return ['set -euo pipefail', "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...parts].join('\n');
}

function partOf(language, mark, text, ready) {
  if (mark === 'example') return '';
  if (language !== 'sh')
    return mark === '' ? '' : `mkdir -p "$(dirname ${mark})"\ncat > ${mark} <<'END OF BLOCK'\n${text}END OF BLOCK`;
  const commands = text.trim();
  const shown = `printf '%s\\n' ${commands
    .split('\n')
    .map((line) => `${quote(`$ ${line}`)}`)
    .join(' ')}`;
  if (mark !== 'second shell') return `${shown}\n${commands}`;
  return `${shown}\n(exec ${commands}) &\nfor _ in $(seq 300); do [ -f ${ready} ] && break; sleep 0.1; done`;
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

module.exports = { guideScript };
