import * as z from 'zod';

/** A function of the local Lambda, as it is deployed. */
export const deployedFunction = z.strictObject({
  name: z.string().regex(/^[\w-]{1,64}$/),
  /** The folder with its code, in which it is started. */
  dir: z.string(),
  /** `index.handler` */
  handler: z.string().default('index.handler'),
  timeoutMs: z.int().positive().max(900_000).default(60_000),
  env: z.record(z.string(), z.string()).default({}),
  /** The program that speaks the Runtime API, with its arguments; the handler comes behind them. */
  runtime: z.tuple([z.string()], z.string()),
  /** The file that its output goes to. */
  log: z.string(),
});
export type DeployedFunction = z.infer<typeof deployedFunction>;
