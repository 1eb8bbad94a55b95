import { errorsOfServices } from '../core/index.js';
import type { LambdaContext, Next, RunAnswer, RunPayload } from '../lambda/index.js';

/** What is known between two turns, as it is written down after each: plain JSON of less than 10 KB. */
export interface Progress {
  readonly turns: number;
  /** How often one after the other the same call has failed. */
  readonly failures: number;
  /** The last one that a handler gave. */
  readonly answer?: RunAnswer;
  /** `status` or `cancel` has failed for good: submit says how the run stands. In the fields of Step Functions. */
  readonly trouble?: { readonly Error: string; readonly Cause: string };
  /** What the execution fails with. */
  readonly thrown?: { readonly name: string; readonly message: string };
}

export const atFirst: Progress = { turns: 0, failures: 0 };

export const isOver = ({ answer, thrown }: Progress): boolean => thrown !== undefined || answer?.next === 'done';

type Call = (event: unknown, context?: LambdaContext) => Promise<unknown>;

/** Who is called: the handlers of `livywire/lambda`. */
export type Handlers = Readonly<Record<'submit' | 'status' | 'cancel', Call>>;

/** As often a call is repeated as a state machine of ours would: about four hours. */
const MOST_FAILURES = 40;
const TRANSIENT: ReadonlySet<string> = new Set(errorsOfServices);

/**
 * One call of the handler whose turn it is. Never rejects: an operation whose check throws is over for AWS's SDK, with no other
 * try; and where its next try comes within one invocation, SDK 2.4 fails it twice and ends in an error of its own.
 */
export async function takeTurn(
  handlers: Handlers,
  payload: RunPayload,
  { before, turns: mostTurns, context }: { before: Progress; turns: number; context: LambdaContext },
): Promise<Progress> {
  const { answer, trouble } = before;
  const turns = before.turns + 1;
  if (turns > mostTurns) return { ...before, turns, thrown: usedUp(before) };
  const who = trouble ? 'submit' : handlerOf(answer?.next);
  try {
    const said = await handlers[who](
      { ...payload, ...(answer && { run: answer }), ...(trouble && { trouble }) },
      context,
    );
    return { turns, failures: 0, answer: said as RunAnswer };
  } catch (error) {
    const thrown = { name: (error as Error).name, message: (error as Error).message };
    const failures = before.failures + 1;
    if (TRANSIENT.has(thrown.name) && failures <= MOST_FAILURES) return { ...before, turns, failures };
    if (who === 'submit') return { ...before, turns, thrown };
    // Only a submit says with authority how the run stands, and fails for what is wrong.
    return { ...before, turns, failures: 0, trouble: { Error: thrown.name, Cause: thrown.message } };
  }
}

/** A submit concludes, whatever else there is. */
const handlerOf = (next: Next | undefined): keyof Handlers =>
  next === 'status' || next === 'cancel' ? next : 'submit';

const usedUp = ({ turns, answer }: Progress): NonNullable<Progress['thrown']> => ({
  name: 'RunUndecided',
  message: `It was looked at ${turns} times, and a durable execution has no operations for more | It may still run: livywire status; another execution under its key goes on with it | Run ${answer?.ref?.key ?? 'not started'}`,
});
