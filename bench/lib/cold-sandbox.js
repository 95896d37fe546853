// The remote system of the cold run, in a process of its own: ten Bubble types of 100 things. Prints where it listens.
const { startSandbox } = require('@cuttle/sandbox');
const { STREAMS, THINGS } = require('./cold-project.js');

const FIELDS = [
  { id: 'title_text', display: 'Title', type: 'text' },
  { id: 'count_number', display: 'Count', type: 'number' },
];

async function main() {
  const sandbox = await startSandbox({ users: 2, orders: 2, now: '2024-09-01T08:00:00Z' });
  for (const name of STREAMS) {
    sandbox.control.run('bubble.define', { definition: { name, display: name, fields: FIELDS } });
    sandbox.control.run('bubble.seed', { type: name, count: THINGS, created: '2024-05-01T00:00:00.000Z', stepMs: 50 });
  }
  const { baseUrl, token } = sandbox.bubble;
  process.stdout.write(`${JSON.stringify({ baseUrl, token })}\n`);
  process.stdin.resume().once('end', () => void sandbox.close());
}

void main();
