// Real servers, started by the tests: one file after the other, one test after the other. `npm test` runs them in parts, side by side:
// scripts/gate/integration-parts.ts knows which files take long.
export default {
  files: ['test/integration/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '10m',
};
