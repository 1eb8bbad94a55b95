import { defineCommand } from '../define.js';
export const localCommand = defineCommand({
  name: 'local',
  positionals: '',
  describe: '',
  examples: [],
  options: {},
  async run() {
    return 70;
  },
});
