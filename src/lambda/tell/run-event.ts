import type { BusEvent } from '../../app/index.js';
import type { RunOutcome } from '../../core/index.js';
import { shortOutcome } from '../short.js';

/** What rules of EventBridge match on; our own `submit` takes it as another job's event. */
export const EVENT_SOURCE = 'livywire';
export const EVENT_TYPE = 'Livywire Run State Change';

/** How a run ended, for a bus. `id` is the same each time that this end is told: it may be told twice. */
export function eventOf(outcome: RunOutcome, bus: string): BusEvent {
  const { ref, kind, knownAt } = outcome;
  const { key, attempt, name, appId } = ref;
  const code = outcome.kind === 'failed' ? outcome.diagnosis.code : undefined;
  return {
    bus,
    source: EVENT_SOURCE,
    type: EVENT_TYPE,
    at: knownAt,
    detail: {
      v: 1,
      id: `${name}/${kind}`,
      state: kind,
      key,
      attempt,
      name,
      ...(appId !== undefined && { appId }),
      ...(code !== undefined && { code }),
      ref,
      outcome: shortOutcome(outcome),
    },
  };
}
