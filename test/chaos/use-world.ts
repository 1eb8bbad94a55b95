import type { TestFn } from 'ava';
import { startWorld, type World } from './world.js';

/** Started before the file's tests, stopped after them. */
export function useWorld(test: TestFn): () => World {
  let world: World | undefined;
  test.before(async (t) => {
    t.timeout(600_000); // the first time Livy is fetched
    world = await startWorld();
  });
  test.after.always(async () => world?.close());
  return () => {
    if (!world) throw new Error('there is no world before the tests have begun');
    return world;
  };
}
