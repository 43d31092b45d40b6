import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Which rooms a room must not import from (the house rule; `tsc -b` references enforce the coarse half). */
const forbid = (patterns, message, paths = []) => ({
  'no-restricted-imports': [
    'error',
    { patterns: patterns.map((group) => ({ group: [group], message })), paths },
  ],
});

const modal = {
  name: '@mantine/core',
  importNames: ['Modal'],
  message: 'Use renderer/ui/dialog.tsx, which gives the focus back.',
};

const electronOnlyInShell = 'Only main.ts, preload.ts and desktop/ may import electron.';

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'dist/**', '.cache/**'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a zod enum or a union of literals.' },
      ],
    },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: forbid(
      ['node:*', '#electron/*', 'react*', '**/renderer/**', '**/electron/**', 'electron'],
      'shared is pure: zod and the contract library only.',
    ),
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...forbid(['node:*', '#electron/*', '**/electron/**', 'electron'], 'renderer imports shared only.', [
        modal,
      ]),
    },
  },
  {
    files: ['electron/**/*.ts'],
    ignores: ['electron/main.ts', 'electron/preload.ts', 'electron/desktop/**', '**/*.test.ts'],
    rules: forbid(['electron'], electronOnlyInShell),
  },
);
