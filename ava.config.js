export default {
  files: ['test/**/*.test.ts', '!test/integration/**', '!test/chaos/**', '!test/package/**'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '2m',
};
