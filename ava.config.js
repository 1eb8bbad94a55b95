export default {
  files: ['test/**/*.test.ts', '!test/integration/**', '!test/chaos/**'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '2m',
};
