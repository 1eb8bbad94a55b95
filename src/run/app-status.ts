import type { AppReport, RunStatus } from '../core/index.js';

/** An application's report as a reading of the run. */
export const statusOfApp = (app: AppReport): RunStatus => ({
  raw: app.finalStatus === 'UNDEFINED' ? app.raw : `${app.raw}/${app.finalStatus}`,
  state: app.state,
  source: 'yarn',
  name: app.name,
  appId: app.appId,
  links: {
    ...(app.amContainerLogs !== undefined && { driverLog: app.amContainerLogs }),
    ...(app.trackingUrl !== undefined && { sparkUi: app.trackingUrl }),
  },
  ...(app.attempts !== undefined && app.attempts > 1 && { starts: app.attempts }),
  ...(app.diagnostics !== '' && { message: app.diagnostics }),
});

/** The one that counts where several carry one tag: the first. */
export const firstOf = (apps: readonly AppReport[]): AppReport | undefined =>
  [...apps].sort((a, b) => a.startedMs - b.startedMs || (a.appId < b.appId ? -1 : 1))[0];
