const TRIES = 3;

/**
 * Asks, and reads the answer's body to its end; a body that is cut is asked for again. The SDK repeats a request up to the
 * answer's headers only.
 */
export async function wholeBody<Answer, T>(
  ask: () => Promise<Answer>,
  read: (answer: Answer) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    try {
      return await read(answer);
    } catch (error) {
      signal?.throwIfAborted();
      if (tries >= TRIES) throw error;
    }
  }
}
