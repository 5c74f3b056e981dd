import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type CapturedTerminal, capturedTerminal } from '../testing/captured-terminal.js';
import { type CommandResult, fakePorts, runCommand, withFiles } from '../testing/run-command.js';
import { runCli } from './program.js';
import { AddressError, type ServerOptions } from '../serve.js';

const SERVE = ['serve', '--config', '/'];

interface Served {
  readonly result: CommandResult;
  readonly options: ServerOptions | undefined;
  readonly drains: number;
}

/** Self-signed, made for this run: a.pem with a.key, and the key of another certificate. */
function certificates(): Readonly<Record<string, string>> {
  const [cert, key] = selfSigned('a');
  const [, other] = selfSigned('b');
  return { 'a.pem': cert, 'a.key': key, 'b.key': other };
}

function selfSigned(name: string): readonly [cert: string, key: string] {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const both = execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-nodes', '-days', '1', '-subj', `/CN=${name}`, '-keyout', '-'],
    {
      encoding: 'utf8',
      stdio: 'pipe',
    },
  );
  const [key = '', cert = ''] = both.split(/(?=-----BEGIN CERTIFICATE)/);
  return [cert, key];
}

function clientTls(directory: string): readonly string[] {
  const [cert, key] = [join(directory, 'a.pem'), join(directory, 'a.key')];
  return ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', cert];
}

/** Serves until the first signal, which comes once the server has started. */
async function serve(argv: readonly string[], terminal: CapturedTerminal = capturedTerminal()): Promise<Served> {
  let options: ServerOptions | undefined;
  let drains = 0;
  const ports = fakePorts({
    serve: async (given) => {
      options = given;
      given.logger.info('started');
      queueMicrotask(() => terminal.signal('SIGTERM'));
      return { reload: async () => {}, drain: async () => void (drains += 1) };
    },
  });
  const code = await runCli(argv, terminal, ports);
  return { result: { code, out: terminal.out(), err: terminal.err() }, options, drains };
}

describe('lifeboat serve', () => {
  it('drains after a signal and exits with 0', async () => {
    const { drains, options, result } = await serve(SERVE);
    assert.deepEqual([result.code, result.out, drains], [0, '', 1]);
    assert.deepEqual(options?.config, [{ path: '/' }]);
    assert.deepEqual([options.allowEmpty, options.emptyGraceMs], [false, 600_000]);
    assert.deepEqual(options.xdsAddress, { host: '127.0.0.1', port: 18000 });
    assert.deepEqual(options.adminAddress, { host: '127.0.0.1', port: 18001 });
    assert.equal(options.loadReportIntervalMs, 1_000);
  });

  for (const [interval, milliseconds] of [
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['1m', 60_000],
  ] as const) {
    it(`requests load reports every ${interval}`, async () => {
      const { options } = await serve([...SERVE, '--load-report-interval', interval]);
      assert.equal(options?.loadReportIntervalMs, milliseconds);
    });
  }

  it('waits for a path that does not exist yet', async () => {
    const { options, result } = await serve([
      ...SERVE,
      '--config',
      '/does/not/exist',
      '--allow-empty',
      '--empty-grace',
      '1m',
    ]);
    assert.equal(result.code, 0);
    assert.deepEqual(options?.config, [{ path: '/' }, { path: '/does/not/exist' }]);
    assert.deepEqual([options.allowEmpty, options.emptyGraceMs], [true, 60_000]);
  });

  it('reads the names of clusters, and merges duplicate paths', async () => {
    const { options } = await serve(['serve', '--config', 'east=/a', '/b', '--config', './c=d', 'east=/a/', '/b/.']);
    assert.deepEqual(options?.config, [{ path: '/a', cluster: 'east' }, { path: '/b' }, { path: './c=d' }]);
  });

  it('reads all files again after SIGHUP, even before it is ready', async () => {
    const terminal = capturedTerminal();
    let reloads = 0;
    const reload = async (): Promise<void> => {
      reloads += 1;
      if (reloads === 1) queueMicrotask(() => terminal.hangUp());
      else terminal.signal('SIGTERM');
    };
    const ports = fakePorts({
      serve: async () => {
        terminal.hangUp();
        return { reload, drain: async () => {} };
      },
    });
    assert.deepEqual([await runCli(SERVE, terminal, ports), reloads], [0, 2]);
    assert.match(terminal.err(), /reading all files again.*all files were read again/s);
  });

  it('logs JSON lines', async () => {
    const { result } = await serve(SERVE);
    const lines = result.err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly msg: string });
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['started', 'draining', 'stopped'],
    );
  });

  it('logs readable lines on a terminal', async () => {
    const { result } = await serve(SERVE, capturedTerminal({ isTTY: true, env: { NO_COLOR: '1' } }));
    assert.match(result.err, /^\[.*\] INFO: started\n/);
    assert.ok((await serve(SERVE, capturedTerminal({ isTTY: true }))).result.err.includes('\u001b['));
  });

  it('uses the transport grpc-js by default', async () => {
    assert.equal((await serve(SERVE)).options?.transport, 'grpc-js');
    assert.equal((await serve([...SERVE, '--transport', 'http2'])).options?.transport, 'http2');
  });

  it('isolates NACKs by default', async () => {
    assert.equal((await serve(SERVE)).options?.isolateNacks, true);
    assert.equal((await serve([...SERVE, '--isolate-nacks', 'off'])).options?.isolateNacks, false);
  });

  it('uses the log level', async () => {
    const { result } = await serve([...SERVE, '--log-level', 'warn']);
    assert.equal(result.err, '');
  });

  it('ends at once after a second signal', async () => {
    const terminal = capturedTerminal();
    const ports = fakePorts({
      serve: async () => {
        queueMicrotask(() => terminal.signal('SIGTERM'));
        return { reload: async () => {}, drain: async () => terminal.signal('SIGINT') };
      },
    });
    await runCli(SERVE, terminal, ports);
    assert.deepEqual(terminal.exits, [1]);
  });

  const refused: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'plain xDS beyond loopback': [
      ['--xds-address', '0.0.0.0:0'],
      /--xds-address 0\.0\.0\.0:0 would be plain text beyond loopback/,
    ],
    'a plain admin address beyond loopback': [
      ['--admin-address', '[::]:0'],
      /--admin-address \[::\]:0 would be plain text beyond loopback/,
    ],
    'a certificate without key': [['--tls-cert', '/a'], /--tls-cert and --tls-key together/],
    'a key without certificate': [['--tls-key', '/a'], /--tls-cert and --tls-key together/],
    'a client CA alone': [['--tls-client-ca', '/a'], /--tls-client-ca needs/],
    'a certificate that is not there': [
      ['--tls-cert', '/a/b', '--tls-key', '/a/b'],
      /--tls-cert \/a\/b: cannot be read \(no such file\)/,
    ],
    'a policy for clients that prove nothing': [['--client-policy', '/a'], /--client-policy needs --tls-client-ca or/],
    'an audience without key set': [['--client-jwt-audience', 'a'], /--client-jwt-audience and .* need --client-jwks/],
    'an issuer without key set': [['--client-jwt-issuer', 'a'], /--client-jwt-issuer need --client-jwks/],
    'a key set that is not there': [['--client-jwks', '/a/b'], /--client-jwks \/a\/b: no such file/],
    'any client beside a key set': [
      ['--client-jwks', '/a', '--allow-any-client'],
      /--allow-any-client contradicts --tls-client-ca and --client-jwks/,
    ],
    'an address without port': [['--xds-address', '127.0.0.1'], /--xds-address 127\.0\.0\.1: must be HOST:PORT/],
    'the standard input': [['--config', '-'], /--config -: the standard input cannot be watched/],
    'a path of two clusters': [
      ['--config', 'east=/a', 'west=/a/'],
      /--config west=\/a\/: the path is given for two clusters, east and west/,
    ],
    'a cluster without a path': [['--config', 'east='], /--config east=: the path is missing after "east="/],
    'a name that is none': [
      ['--config', 'e st=/a'],
      /"e st" is not a valid name of a cluster\. If it is part of the path, write "\.\/e st=\/a"/,
    ],
    'a time that is no duration': [['--empty-grace', 'long'], /--empty-grace: .*long/],
    'a negative time': [['--empty-grace=-1s'], /--empty-grace -1s: must not be negative/],
    'an interval that is no duration': [['--load-report-interval', 'often'], /--load-report-interval: .*often/],
    'an interval that is too short': [['--load-report-interval', '99ms'], /neither 0 nor at least 100ms/],
    'a negative interval': [['--load-report-interval=-1s'], /neither 0 nor at least 100ms/],
    'an unknown log level': [['--log-level', 'loud'], /--log-level/],
  };
  for (const [what, [argv, message]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      const { options, result } = await serve([...SERVE, ...argv]);
      assert.deepEqual([result.code, result.out, options], [2, '', undefined]);
      assert.match(result.err, message);
    });
  }

  it('reads from etcd alone, with the limits of texts but not those of files', async () => {
    const { options } = await serve(['serve', '--etcd', 'a:1', 'b:1', '--etcd-statuses=off', '--max-documents=5']);
    assert.deepEqual(options?.etcd, {
      servers: { endpoints: ['http://a:1', 'http://b:1'], tls: {} },
      prefix: '/lifeboat/',
      writesStatuses: false,
    });
    assert.equal(options.readLimits.documents, 5);
    const { result } = await serve(['serve', '--etcd=a:1', '--max-files=5']);
    assert.equal(result.code, 2);
    assert.match(result.err, /--max-files: has an effect only on files/);
  });

  it('refuses to read nothing', async () => {
    const { result } = await serve(['serve']);
    assert.equal(result.code, 2);
    assert.match(result.err, /The flag --config, --kubernetes or --etcd is missing\./);
  });

  for (const flag of [
    '--empty-grace=1m',
    '--state-dir=/a',
    '--follow-links',
    '--max-file-size=1MiB',
    '--max-files=5',
  ]) {
    const [name = ''] = flag.split('=');
    it(`refuses ${name} where no files are read`, async () => {
      const { options, result } = await serve(['serve', '--kubernetes', flag]);
      assert.deepEqual([result.code, options], [2, undefined]);
      assert.match(result.err, new RegExp(`${name}: has an effect only on files\\.`));
    });
  }

  const unusable: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'files that are no certificates': [['x', 'a.key'], /--tls-cert .*x: contains no valid PEM certificate\.$/m],
    'files that are no keys': [['a.pem', 'x'], /--tls-key .*x: contains no valid PEM private key\.$/m],
    "certificate and key in each other's place": [
      ['a.key', 'a.pem'],
      /--tls-cert .*a\.key: .* It holds a private key, which --tls-key takes\./,
    ],
    'the certificate twice': [
      ['a.pem', 'a.pem'],
      /--tls-key .*a\.pem: .* It holds a certificate, which --tls-cert takes\./,
    ],
    'the key of another certificate': [
      ['a.pem', 'b.key'],
      /--tls-key .*b\.key: is not the key of the certificate in .*a\.pem\./,
    ],
    'a client CA that is none': [['a.pem', 'a.key', 'x'], /--tls-client-ca .*x: contains no valid PEM certificate\./],
  };
  for (const [what, [names, message]] of Object.entries(unusable)) {
    it(`refuses ${what}`, async () => {
      await withFiles({ ...certificates(), x: 'x' }, async (directory) => {
        const flags = ['--tls-cert', '--tls-key', '--tls-client-ca'].flatMap((flag, i) => {
          const name = names[i];
          return name === undefined ? [] : [flag, join(directory, name)];
        });
        const { result } = await serve([...SERVE, ...flags]);
        assert.equal(result.code, 2);
        assert.match(result.err, message);
      });
    });
  }

  it('refuses a client policy with the line of its mistake', async () => {
    await withFiles({ ...certificates(), policy: 'clients:\n- nodes: a\n' }, async (directory) => {
      const { result } = await serve([...SERVE, ...clientTls(directory), '--client-policy', join(directory, 'policy')]);
      assert.equal(result.code, 2);
      assert.match(result.err, /--client-policy .*policy:2: "nodes" is unknown/);
    });
  });

  it('authenticates clients by certificate or by token', async () => {
    await withFiles({ ...certificates(), policy: 'clients: []' }, async (directory) => {
      const file = join(directory, 'policy');
      const { options } = await serve([...SERVE, ...clientTls(directory), '--client-policy', file]);
      assert.deepEqual(options?.access, { policy: file });
      assert.equal((await serve(SERVE)).options?.access, undefined);
    });
  });

  it('serves clients that prove nothing beyond loopback only when told to', async () => {
    await withFiles(certificates(), async (directory) => {
      const flags = [...SERVE, ...clientTls(directory).slice(0, 4), '--xds-address', '0.0.0.0:0'];
      const { options, result } = await serve(flags);
      assert.deepEqual([options, result.code], [undefined, 2]);
      assert.match(result.err, /Every client that reaches 0\.0\.0\.0:0 could be every node.*--allow-any-client/);
      assert.notEqual((await serve([...flags, '--allow-any-client'])).options, undefined);
    });
  });

  it('refuses a path without its flag', async () => {
    const { result } = await serve(['serve', 'examples', '--config', '/']);
    assert.deepEqual(
      [result.code, result.err],
      [2, 'error: serve takes its paths from --config: lifeboat serve --config PATH\nTry --help.\n'],
    );
  });

  it('listens beyond loopback on request', async () => {
    const { options } = await serve([
      ...SERVE,
      '--xds-address',
      '0.0.0.0:0',
      '--admin-address',
      '0.0.0.0:0',
      '--insecure',
    ]);
    assert.equal(options?.xdsAddress.host, '0.0.0.0');
  });

  it('reports that an address is used', async () => {
    const taken = new AddressError(
      { host: '::1', port: 80 },
      '--xds-address',
      Object.assign(new Error('listen'), { code: 'EADDRINUSE' }),
    );
    const { code, err } = await runCommand(SERVE, { ports: { serve: () => Promise.reject(taken) } });
    assert.deepEqual(
      [code, err],
      [
        2,
        'error: Cannot listen on [::1]:80: another process uses this port. Stop it, or choose another port with --xds-address (EADDRINUSE)\n',
      ],
    );
  });
});
