// Faults by the hundred around a real Livy, started by the test: nothing else runs beside it.
export default {
  files: ['test/chaos/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '10m',
};
