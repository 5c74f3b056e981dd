/** Runs a test in a separate network namespace with real iptables. The namespace ends with its last process. */
import assert from 'node:assert/strict';
import { envoyBinary } from '../../../envoy/binary.js';
import { runProgram } from './child-process.js';
import { ensureCommand } from './debian-package.js';
import { eventually } from './eventually.js';

/**
 * Fails with the last lines of output if the program does not exit with 0.
 * @param file the compiled program, which gets the path of Envoy
 * @param timeout in milliseconds
 */
export async function tellInNamespace(file: string, timeout: number): Promise<void> {
  assert.equal(process.getuid?.(), 0, 'A network namespace with iptables needs root.');
  await ensureCommand('ip', 'iproute2');
  await ensureCommand('iptables', 'iptables');
  const node = [process.execPath, '--enable-source-maps'];
  const story = runProgram('unshare', ['--net', ...node, file, await envoyBinary()]);
  const exit = await eventually(() => story.ended(), { what: 'the story ends', timeout }).finally(() => story.stop());
  assert.equal(exit, 0, story.output.slice(-40).join('\n'));
}
