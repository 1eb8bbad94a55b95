import type { RunOutcome } from '../../core/index.js';
import { cut } from '../cut.js';
import { handlerError } from '../thrown.js';

type NotWell = Exclude<RunOutcome, { kind: 'succeeded' }>;

/** A run that ended not well, as the error that ends its execution: title, evidence, what to do. */
export function errorOfOutcome(outcome: NotWell, timedOut: boolean): Error {
  const { key, attempt, appId } = outcome.ref;
  const run = `${key} (attempt ${attempt}${appId === undefined ? '' : `, ${appId}`})`;
  switch (outcome.kind) {
    case 'failed': {
      const { code, title, lines, next } = outcome.diagnosis;
      // The key may be a thousand characters long, and says least: it comes last.
      const parts = [title, lines[0]?.text, next[0], `Run ${run}`].filter((part) => part !== undefined);
      return handlerError(code, parts.map((part) => cut(part, 400).trim()).join(' | '), 'run');
    }
    case 'cancelled':
      if (timedOut)
        return handlerError('RunTimedOut', `It was stopped, for it was older than its limit. Run ${run}`, 'run');
      return handlerError(
        'RunCancelled',
        `It was stopped by ${outcome.by === 'livywire' ? 'livywire' : 'somebody else'}${
          outcome.message === undefined ? '' : `: ${cut(outcome.message, 300)}`
        }. Run ${run}`,
        'run',
      );
    case 'lost': {
      const asked = outcome.evidence.slice(-4).map(({ source, answer }) => `${source}: ${answer}`);
      return handlerError('RunLost', `Nobody knows how it ended (${cut(asked.join('; '), 500)}). Run ${run}`, 'run');
    }
  }
}
