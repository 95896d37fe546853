// An Airbyte stand-in in a process of its own: many connections, and a fixed time for each answer. Prints where it
// listens; each line on stdin is answered by the requests since the line before and how many ran at once.
const diagnostics = require('node:diagnostics_channel');
const readline = require('node:readline');
const { AirbyteStandIn, fillWithMany } = require('@cuttle/sandbox');
const { SIZE } = require('./plan-size.js');

async function main() {
  const airbyte = new AirbyteStandIn({ tokenSeconds: 86_400 });
  fillWithMany(airbyte, SIZE);
  airbyte.control.faults.add({ fault: { kind: 'slow_answer', delayMs: SIZE.latencyMs }, count: 0 });
  let running = 0;
  let peak = 0;
  let requests = 0;
  diagnostics.subscribe('http.server.request.start', () => {
    running += 1;
    requests += 1;
    peak = Math.max(peak, running);
  });
  diagnostics.subscribe('http.server.response.finish', () => {
    running -= 1;
  });
  const server = await airbyte.listen();
  process.stdout.write(`${JSON.stringify({ url: server.url, clientSecret: airbyte.store.settings.clientSecret })}\n`);
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', () => {
    process.stdout.write(`${JSON.stringify({ requests, peak })}\n`);
    requests = 0;
    peak = 0;
  });
  lines.once('close', () => void server.close());
}

void main();
