/** Executions that began under an earlier release, after a deploy: its machine, its data and its records, with the handlers as they are now. */
import test from 'ava';
import { execute, handlersNow, releases, scripts } from './release.js';

for (const release of await releases()) {
  const { version, definition } = release;

  test(`the machine of ${version} runs to its end over the handlers of now`, async (t) => {
    const good = await execute(definition, scripts.succeeds);
    t.is(good.execution.status, 'SUCCEEDED', good.execution.cause);
    const bad = await execute(definition, scripts.fails);
    t.regex(bad.execution.error ?? '', /^[A-Z_]+$/);
    const long = await execute(definition, scripts.takesTooLong, { timeoutSeconds: 600 });
    t.is(long.execution.error, 'RunTimedOut', long.execution.cause);
    for (const { rig } of [good, bad, long]) t.is(rig.posts(), 1);
  });

  for (const name of ['succeeds', 'fails', 'takesTooLong'] as const) {
    test(`what ${version} sent in the midst of a job that ${name === 'takesTooLong' ? 'takes too long' : name} is answered as it was then, and nothing is started anew`, async (t) => {
      const later = release[name].filter(({ record }) => record !== undefined);
      t.true(later.length > 0);
      for (const moment of later) {
        const { rig, call } = await handlersNow(scripts[name], moment);
        const before = rig.posts();
        const answer = await call(moment.name, moment.event).catch((error: unknown) => error as Error);
        t.is(rig.posts(), before, 'nothing is sent');
        if (moment.answer === undefined) {
          t.true(answer instanceof Error, JSON.stringify(answer));
          continue;
        }
        const { v, next, ref } = moment.answer;
        t.like(answer, { v, next, ref: { key: ref?.key ?? '', attempt: ref?.attempt ?? 0, name: ref?.name ?? '' } });
      }
    });
  }

  test(`a run that ended under ${version} is adopted under its key, and a redrive is its next attempt`, async (t) => {
    const end = release.fails.at(-1);
    const { rig, call } = await handlersNow(scripts.fails, end);
    const event = end?.event as { readonly execution: object };
    await t.throwsAsync(call('submit', event));
    const before = rig.posts();
    const answer = await call('submit', {
      ...event,
      run: undefined,
      execution: { ...event.execution, redriveCount: 1 },
    });
    t.like(answer, { next: 'status', ref: { attempt: 2 } });
    t.is(rig.posts(), before + 1);
  });
}

test('there is a release to go on from', async (t) => {
  t.true((await releases()).length > 0);
});
