/** The states of run-spark-job, as people see them in the console. */
export const stateNames = {
  read: 'Read the input',
  applyDefaults: 'Apply the defaults',
  wasHandedOver: 'Was it handed over',
  begin: 'Begin',
  goOn: 'Go on',
  mayRetry: 'May it be retried',
  /** Part of the key of a run: never changed, and the same whichever state submits. */
  submit: 'Submit',
  lastSubmit: 'Submit the last attempt',
  choose: 'What next',
  waitForJob: 'Wait for the job',
  status: 'Status',
  waitToSubmit: 'Wait to submit',
  waitForCancel: 'Wait for the cancel',
  cancel: 'Cancel',
  trouble: 'Pause after trouble',
  countRetry: 'Count the retry',
  waitToRetry: 'Wait to retry',
  handOver: 'Hand over',
  succeeded: 'Succeeded',
} as const;
