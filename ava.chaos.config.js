// Faults around real servers, started by each file for itself. They wait more than they work: the files run side by side.
export default {
  files: ['test/chaos/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 3,
  timeout: '10m',
};
