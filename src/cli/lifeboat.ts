#!/usr/bin/env node
/** The program `lifeboat`. It loads everything else itself, so that missing packages are reported in a sentence. */
import process from 'node:process';
import { EXIT, type ExitCode } from './output/cli-error.js';
import { missingPackages } from './missing-packages.js';

async function run(): Promise<ExitCode> {
  try {
    const { runProcess } = await import('./process.js');
    return await runProcess();
  } catch (error) {
    const problem = missingPackages(error);
    if (problem === undefined) throw error;
    process.stderr.write(`error: ${problem}\n`);
    return EXIT.failed;
  }
}

// All output was written. A connection that is still open after the drain must not keep the process alive.
process.exit(await run());
