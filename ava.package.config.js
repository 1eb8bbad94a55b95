// The packed and installed package; scripts/check-package.ts makes it and says where it is.
export default {
  files: ['test/package/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '5m',
};
