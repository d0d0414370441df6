import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.data', 'coverage'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Interfaces are often async so that another implementation may wait; not awaiting inside is fine.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  // Programs that talk to a person on a terminal print.
  {
    files: ['scripts/**/*.ts', 'src/cli/**/*.ts', 'src/sandbox/main.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  // chai's assertions are expressions.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
)
