// Preloaded into measured processes: writes CPU time and peak memory to CUTTLE_USAGE_FILE when the process ends.
const fs = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 };
  fs.writeFileSync(process.env.CUTTLE_USAGE_FILE, JSON.stringify(usage));
});
