// Real servers, started by the tests: two files at a time, for they wait more than they work; one test of a file after the other.
export default {
  files: ['test/integration/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 2,
  serial: true,
  timeout: '10m',
};
