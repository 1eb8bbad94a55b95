/**
 * A runtime of Lambda in plain Node, for machines where AWS's own cannot be built: `lambda-node <file>.<export>`. It asks the Runtime
 * API for a call, gives it to the handler, posts what came of it, and asks again.
 */
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API ?? ''}/2018-06-01/runtime`;

const post = async (path: string, body: unknown): Promise<void> => {
  const reply = await fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body ?? null) });
  await reply.arrayBuffer();
};

/** As Lambda writes an error down: of ours the name says what it is. */
const told = (error: unknown): { errorType: string; errorMessage: string; trace: string[] } =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function load(): Promise<Handler> {
  const [file = 'index', name = 'handler'] = (process.argv[2] ?? '').split('.');
  const url = pathToFileURL(join(process.cwd(), `${file}.mjs`)).href;
  return ((await import(url)) as Record<string, Handler>)[name] as Handler;
}

const handler = await load().catch(async (error: unknown) => {
  await post('init/error', told(error));
  process.exit(1);
});
for (;;) {
  const call = await fetch(`${api}/invocation/next`);
  const header = (name: string): string => call.headers.get(`lambda-runtime-${name}`) ?? '';
  const id = header('aws-request-id');
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: header('invoked-function-arn'),
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Number(header('deadline-ms')) - Date.now(),
  };
  await call
    .json()
    .then((event) => handler(event, context))
    .then(
      (answer) => post(`invocation/${id}/response`, answer),
      (error: unknown) => post(`invocation/${id}/error`, told(error)),
    );
}
