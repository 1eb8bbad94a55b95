const EXECUTION =
  /^(?<functionArn>arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:/]+):[^:/]+\/durable-execution\/(?<name>[^/]+)\/[^/]+$/;

/**
 * The key of a job within a durable execution: function and name of the execution, which stay the same however often it is replayed.
 * Neither the version nor the id that AWS adds is part of it: an execution of that name which a later version starts, or that is
 * started after AWS has forgotten the first, is the same run. `name` tells the jobs of one execution apart.
 */
export function keyOfExecution(executionArn: string, name?: string): string {
  const { functionArn, name: execution } = EXECUTION.exec(executionArn)?.groups ?? {};
  const whose = functionArn === undefined ? executionArn : `${functionArn}/${execution}`;
  return `durable/${whose}${name === undefined ? '' : `/${name}`}`;
}
