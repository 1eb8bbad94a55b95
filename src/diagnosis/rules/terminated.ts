import type { Match } from '../rule.js';
import type { View } from '../view.js';

const SIGNAL = /^RECEIVED SIGNAL (TERM|INT|HUP)/;

/** A signal ended the driver, and nobody wrote who sent it. Asked after every rule that knows more. */
export function terminated({ lines, verdict }: View): Match | undefined {
  if (verdict.kind === 'succeeded') return undefined;
  const signal = lines.findLast(({ event }) => event && SIGNAL.test(event.message));
  const [, name] = SIGNAL.exec(signal?.event?.message ?? '') ?? [];
  if (!signal) return undefined;
  return {
    lines: [signal],
    place: 'none',
    title: `The driver was told to stop by SIG${name ?? 'TERM'}, and nothing says by whom`,
    next: [
      'Ask YARN: yarn application -status, and the NodeManager of that machine: a kill, a preemption and a machine that is drained look alike from within',
      '…',
    ],
  };
}
