import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether there is a process of that id. */
export const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Whether it ended, within five seconds. */
export const gone = async (pid: number): Promise<boolean> => {
  for (let i = 0; i < 100 && lives(pid); i++) await delay(50);
  return !lives(pid);
};
