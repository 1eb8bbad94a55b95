/** What the handlers need of Lambda's context. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  readonly functionName?: string;
  readonly invokedFunctionArn?: string;
  readonly memoryLimitInMB?: string | number;
  /** Milliseconds until the function is stopped. */
  getRemainingTimeInMillis?(): number;
}
