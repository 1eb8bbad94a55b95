import { ConfigError } from '../../core/index.js';

export const terraformFiles = (..._given: readonly unknown[]): readonly { name: string; content: string }[] => {
  throw new ConfigError('--terraform is not there yet', { field: '--terraform' });
};
