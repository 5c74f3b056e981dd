import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type CommandResult, type RunOptions, runCommand, withFiles } from '../../testing/run-command.js';

interface Bootstrap {
  readonly node: { readonly id: string; readonly metadata?: Readonly<Record<string, unknown>> };
  readonly dynamic_resources: { readonly ads_config: { readonly api_type: string } };
}

/** Runs `bootstrap`, which shows the values that its flags came to. */
async function bootstrap(argv: readonly string[], options: RunOptions = {}): Promise<Bootstrap> {
  const { code, out, err } = await runCommand(['bootstrap', ...argv], options);
  assert.equal(code, 0, err);
  return parse(out) as Bootstrap;
}

describe('settings', () => {
  const files = {
    's.yaml':
      'node-id: from-file\nsotw: true\nmetadata: [A=file, B=file]\nxds-address: 10.0.0.1:1\nadmin-address: 10.0.0.1:2\n',
  };

  it('set flags from the file', async () => {
    await withFiles(files, async (directory) => {
      const { dynamic_resources, node } = await bootstrap(['--settings', join(directory, 's.yaml')]);
      assert.equal(node.id, 'from-file');
      assert.deepEqual(node.metadata, { A: 'file', B: 'file' });
      assert.equal(dynamic_resources.ads_config.api_type, 'GRPC');
    });
  });

  it('prefer the environment over the file', async () => {
    await withFiles(files, async (directory) => {
      const env = {
        LIFEBOAT_SETTINGS: join(directory, 's.yaml'),
        LIFEBOAT_NODE_ID: 'from-env',
        LIFEBOAT_METADATA: 'A=env,C=env',
        LIFEBOAT_SOTW: 'false',
      };
      const { dynamic_resources, node } = await bootstrap([], { env });
      assert.equal(node.id, 'from-env');
      assert.deepEqual(node.metadata, { A: 'env', C: 'env' });
      assert.equal(dynamic_resources.ads_config.api_type, 'DELTA_GRPC');
    });
  });

  it('prefer the command line over both', async () => {
    await withFiles(files, async (directory) => {
      const env = { LIFEBOAT_NODE_ID: 'from-env', LIFEBOAT_METADATA: 'A=env' };
      const argv = ['--settings', join(directory, 's.yaml'), '--node-id', 'from-flag', '--metadata', 'A=flag'];
      const { node } = await bootstrap(argv, { env });
      assert.equal(node.id, 'from-flag');
      assert.deepEqual(node.metadata, { A: 'flag' });
    });
  });

  it('treat an empty variable as absent', async () => {
    const { code, err } = await runCommand(['bootstrap'], { env: { LIFEBOAT_NODE_ID: '', LIFEBOAT_SETTINGS: '' } });
    assert.deepEqual([code, err], [2, 'error: The flag --node-id is missing: it names the Envoy.\n']);
  });

  it('may be empty', async () => {
    await withFiles({ 's.yaml': '# nothing yet\n' }, async (directory) => {
      assert.equal((await bootstrap(['--node-id', 'a', '--settings', join(directory, 's.yaml')])).node.id, 'a');
    });
  });

  async function refused(content: string | Buffer): Promise<CommandResult> {
    let result: CommandResult | undefined;
    await withFiles({ 's.yaml': content.toString() }, async (directory) => {
      result = await runCommand(['bootstrap', '--node-id', 'a', '--settings', join(directory, 's.yaml')]);
    });
    assert.equal(result?.code, 2);
    assert.equal(result.out, '');
    return result;
  }

  const mistakes: Readonly<Record<string, readonly [string, RegExp]>> = {
    'an unknown name': ['xds-adress: 127.0.0.1:1', /unknown setting "xds-adress"\. Did you mean "xds-address"\?/],
    'a settings file in the settings file': ['settings: other.yaml', /unknown setting "settings"/],
    'broken YAML': ['a: [', /s\.yaml: /],
    'a list': ['- a', /must be a YAML mapping/],
    'a word': ['a', /must be a YAML mapping/],
    'a mapping for a flag': ['cluster: {a: b}', /setting "cluster" must be text or a number/],
    'nothing for a flag': ['cluster:', /setting "cluster" must be text or a number/],
    'a switch that is neither on nor off': ['sotw: maybe', /setting "sotw" is "maybe", must be true or false/],
    'a word that is no choice': ['output: xml', /setting "output" is "xml", must be one of yaml, json/],
    'an alias bomb': [`${bomb()}cluster: x`, /s\.yaml: /],
  };
  for (const [what, [content, message]] of Object.entries(mistakes)) {
    it(`reject ${what}`, async () => assert.match((await refused(content)).err, message));
  }

  it('reject a file that does not exist', async () => {
    const { code, err } = await runCommand(['bootstrap', '--settings', '/does/not/exist']);
    assert.deepEqual([code, err], [2, 'error: --settings /does/not/exist: cannot be read (no such file).\n']);
  });

  it('warn of unknown variables, with a suggestion', async () => {
    const env = {
      LIFEBOAT_NODEID: 'b',
      LIFEBOAT_WHATEVER: 'c',
      LIFEBOAT_SETTINGS: '',
      LIFEBOAT_CONFIG: '/of/another/command',
      LIFEBOATS: 'd',
    };
    const { code, err } = await runCommand(['bootstrap', '--node-id', 'a'], { env });
    assert.deepEqual(
      [code, err],
      [
        0,
        'warning: The environment variable LIFEBOAT_NODEID is unknown to lifeboat. Did you mean "LIFEBOAT_NODE_ID"?\n' +
          'warning: The environment variable LIFEBOAT_WHATEVER is unknown to lifeboat.\n',
      ],
    );
  });

  it('ignore the variables that Kubernetes sets for a Service with the name lifeboat', async () => {
    const env = {
      LIFEBOAT_SERVICE_HOST: '10.0.0.1',
      LIFEBOAT_SERVICE_PORT_XDS: '18000',
      LIFEBOAT_PORT: 'tcp://10.0.0.1:18000',
      LIFEBOAT_XDS_PORT_18000_TCP_ADDR: '10.0.0.1',
      LIFEBOAT_SERVER: 'http://127.0.0.1:2',
    };
    const { code, err } = await runCommand(['explain', 'a', '--from', 'b', '--config', '/tmp'], { env });
    assert.doesNotMatch(err, /warning|port/i);
    assert.notEqual(code, 3);
  });

  it('name the variable with an invalid value', async () => {
    const env = { LIFEBOAT_ROLE: 'waypoint' };
    const { code, err } = await runCommand(['bootstrap', '--node-id', 'a'], { env });
    assert.deepEqual(
      [code, err],
      [2, 'error: The environment variable LIFEBOAT_ROLE is "waypoint", must be one of sidecar, gateway.\n'],
    );
  });
});

/** Lists of lists of lists, a thousand million elements when written out. */
function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]\n`,
  );
  return `a0: &a0 x\n${levels.join('')}`;
}
