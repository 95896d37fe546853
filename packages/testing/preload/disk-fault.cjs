// Preloaded into a destination by tests: a staging disk that is full, or that loses bytes without saying so.
// CUTTLE_DISK_FULL_AFTER=bytes: writes beyond fail with ENOSPC. CUTTLE_DISK_LOSES=1: the last byte of each write is lost.
const fs = require('node:fs');

const fullAfter = Number(process.env.CUTTLE_DISK_FULL_AFTER ?? Number.POSITIVE_INFINITY);
const loses = process.env.CUTTLE_DISK_LOSES === '1';
const original = fs.writeSync;
let written = 0;

fs.writeSync = (file, data, ...rest) => {
  if (file <= 2 || !Buffer.isBuffer(data)) return original(file, data, ...rest);
  if (written + data.length > fullAfter)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  written += data.length;
  if (!loses) return original(file, data, ...rest);
  original(file, data.subarray(0, data.length - 1));
  return data.length - (rest[0] ?? 0);
};
