// A Snowflake stand-in in a process of its own that takes its time for each PUT: node slow-stage.js DELAY_MS. Prints how it
// is reached; each line on stdin, a query, is answered by its first value.
const readline = require('node:readline');
const { startSandbox } = require('@cuttle/sandbox');

async function main() {
  const sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
  const { account, host, username, password } = sandbox.snowflake;
  account.createDatabase('BENCH');
  account.addFault({ match: '^put ', delayMs: Number(process.argv[2]), count: 0 });
  process.stdout.write(`${JSON.stringify({ host, username, password })}\n`);
  const token = account.open({ database: 'BENCH' });
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', async (sql) => {
    const { rows } = await account.run(token, sql, 'bench');
    process.stdout.write(`${JSON.stringify(rows[0][0])}\n`);
  });
  lines.once('close', () => void sandbox.close());
}

void main();
