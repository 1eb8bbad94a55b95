/** Names of the errors that say that a service failed, not the job and not the caller: classes of ours, and those of AWS's SDK. */
export const errorsOfServices = [
  'UnreachableError',
  'HttpStatusError',
  'BadAnswerError',
  'LedgerError',
  'LedgerConflictError',
  'SubmitUnknownError',
  'SubmitBusyError',
  'WaitTimeoutError',
  'ThrottlingException',
  'TooManyRequestsException',
  'SlowDown',
  'RequestTimeout',
  'TimeoutError',
  'InternalServerException',
  'ServiceUnavailable',
] as const;
