/**
 * Strict, type-aware lint, and the one direction of imports between the folders of src/.
 */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * What is generated from proto/: our resources, and Envoy's messages. `generated` alone would allow both, and only the
 * folders that make or read Envoy's messages may know their types.
 */
const RESOURCES = 'generated/resources';
const ENVOY = 'generated/envoy';

/** Whom each folder of src/ may import beside itself. `cli` and `main.ts` see everyone and are not listed. */
const MAY_IMPORT = {
  [RESOURCES]: [],
  [ENVOY]: [],
  graph: [],
  turns: [],
  proto: [RESOURCES, ENVOY],
  re2: [],
  guard: ['proto', 're2', ENVOY],
  api: [RESOURCES],
  source: ['api', 'turns', 'api-server'],
  mesh: ['api', 'graph', 're2', RESOURCES],
  envoy: ['mesh', 'graph', 'api', 'proto', 'guard', RESOURCES, ENVOY],
  xds: ['proto', 'guard', ENVOY],
  status: ['api', 'mesh', 'graph', RESOURCES],
  kinds: ['api', 'mesh', 'graph', 'status', RESOURCES],
  'control-plane': ['api', 'envoy', 'kinds', 'graph', 'mesh', 'proto', 'source', 'status', 'turns', 'xds', RESOURCES],
  logging: ['control-plane'],
  kubernetes: ['api', 'source', 'turns', RESOURCES],
  'api-server': ['turns'],
  tls: [],
  access: ['api', 'xds'],
  admin: ['control-plane', 'turns'],
};

/**
 * The packages that a folder of the library may import. What else they need comes with the program, and `npm install --omit=optional`
 * leaves that out. `src/re2` imports types only and loads `re2js` when it is needed (`src/xds/loaded-packages.test.ts`).
 */
const PACKAGES = { xds: ['@grpc/grpc-js'], proto: ['protobufjs'], guard: [], re2: ['re2js'] };

const TESTS = ['**/*.test.ts', 'src/testing/**'];

/** A folder's rule. The composition root and the commands are above every folder; tests may use `testing` too. */
function direction(folder, allowed) {
  const others = ['cli', 'testing', ...Object.keys(MAY_IMPORT)].filter((other) => other !== folder);
  const forbidden = others
    .filter((other) => !allowed.includes(other))
    .map((other) => (other.startsWith('generated/') ? `${other}\\.` : `${other}/`));
  const allowance = allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`;
  const message = `src/${folder} may import ${allowance}: see ARCHITECTURE.md.`;
  const packages = PACKAGES[folder];
  return {
    files: [`src/${folder}/**/*.ts`],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        // At any depth: the rooms of a folder reach the others by several `../`.
        {
          patterns: [
            { regex: `^(\\./)?(\\.\\./)+(${forbidden.join('|')}|main\\.js$)`, message },
            ...(packages === undefined ? [] : [onlyPackages(folder, packages)]),
          ],
        },
      ],
    },
  };
}

/** Node's own modules and these packages; relative imports are not concerned. */
function onlyPackages(folder, packages) {
  const allowed = ['\\.', 'node:', ...packages.map((name) => `${name}(/|$)`)];
  const message = `The library runs without this package; src/${folder} may import ${packages.join(', ') || 'no package'}.`;
  return { regex: `^(?!${allowed.join('|')})`, message };
}

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', '.cache/', 'src/generated/', 'web/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // `types.x` on an index signature is a compile error here already, and ['x'] is what tells it apart.
      '@typescript-eslint/dot-notation': 'off',
      // Numbers in messages are fine; objects are not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => list.push(x)` reads better than a block.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
      eqeqeq: 'error',
      // What a module fixes once and for all is UPPER_CASE: numbers, words, and switches.
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'variable',
          modifiers: ['const', 'global'],
          types: ['boolean', 'string', 'number'],
          format: ['UPPER_CASE'],
        },
      ],
    },
  },
  // Only the composition root and the commands touch `process`.
  {
    files: ['src/**/*.ts'],
    ignores: [...TESTS, 'src/main.ts', 'src/cli/**'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only main.ts and cli/ touch process.' }],
      'no-console': 'error',
    },
  },
  ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => direction(folder, allowed)),
  // The stories see the program from outside only; they may share the fixtures of its tests.
  {
    files: ['integration/**/*.ts', 'envoy/**/*.ts', 'deploy/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/src/(?!testing/)', message: 'The stories use the built program, not its modules.' }] },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      // mocha's describe and it return suites and tests that nobody wants.
      '@typescript-eslint/no-unused-expressions': 'off',
      // A test that says `found!` fails just as well where it was wrong.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable' } },
  },
);
