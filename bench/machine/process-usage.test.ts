import assert from 'node:assert/strict';
import { cpuSeconds, memory, usageOf } from './process-usage.js';

describe('the usage of a process', () => {
  it('counts user and kernel time for any name of the command', () => {
    const fields = Array.from({ length: 50 }, (_, i) => String(i + 3));
    fields[11] = '250';
    fields[12] = '50';
    assert.equal(cpuSeconds(`42 (a ) (b) ${fields.join(' ')}`), 3);
  });

  it('reads memory in megabytes', () => {
    assert.deepEqual(memory('Name:\tx\nVmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n'), { rssMb: 2, peakRssMb: 4 });
  });

  it('is the sum of several processes, without those that have ended', () => {
    assert.ok(usageOf([process.pid]).rssMb > 1);
    assert.deepEqual(usageOf([0]), { cpuSeconds: 0, rssMb: 0, peakRssMb: 0 });
  });
});
