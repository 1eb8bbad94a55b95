import * as z from 'zod';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const said = { error: 'a time as in 90s, 15m, 2h or 1h30m, or whole seconds' };
const words = /^(?:\d+[smhd])+$/;

/** `1h30m` or a number of seconds, as seconds. */
export const duration = z
  .union([z.int().min(1, said), z.string().regex(words, said)], said)
  .transform((given) =>
    typeof given === 'number'
      ? given
      : [...given.matchAll(/(\d+)([smhd])/g)].reduce(
          (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0),
          0,
        ),
  );
