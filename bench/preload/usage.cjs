// Preloaded into measured processes: writes CPU time and peak memory to CUTTLE_USAGE_FILE when the process ends. Its
// children are not measured.
const fs = require('node:fs');

const file = process.env.CUTTLE_USAGE_FILE;
delete process.env.CUTTLE_USAGE_FILE;
delete process.env.NODE_OPTIONS;

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 };
  fs.writeFileSync(file, JSON.stringify(usage));
});
