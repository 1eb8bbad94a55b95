import * as z from 'zod';

const configSchema = z.strictObject({
  port: z.int().positive(),
  /** The server that knows S3, STS and most of the EMR API. */
  moto: z.url(),
  /** Made at the start. */
  bucket: z.string(),
  /** The cluster that is this instance, made at the start. */
  cluster: z.strictObject({
    name: z.string(),
    primaries: z.array(z.string()).nonempty().default(['127.0.0.1']),
    livy: z.url(),
    resourceManager: z.url(),
    jobHistory: z.url(),
    sparkHistory: z.url(),
    /** Of PySpark, by a name that says its version where it has one. */
    python: z.string(),
  }),
  /** Whose spark-submit runs the steps. */
  sparkHome: z.string(),
  /** Where steps leave their logs until they are in S3. */
  stepsDir: z.string(),
  /** Where they are run, as on the primary node. */
  workDir: z.string(),
  containerLogs: z.string(),
  livyLog: z.string(),
});

/** What the router is told by the `up` that starts it. */
export type RouterConfig = z.infer<typeof configSchema>;

export const parseRouterConfig = (text: string): RouterConfig => configSchema.parse(JSON.parse(text));
