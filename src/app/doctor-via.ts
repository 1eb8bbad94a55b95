import { isLivywireError, plainLine } from '../core/index.js';
import { type DoctorOptions, diagnoseSettings } from './doctor.js';
import type { Finding } from './doctor-finding.js';
import type { Settings } from './settings.js';
import { openVia } from './via.js';

/** As `diagnoseSettings`, through the way that settings name. */
export async function* diagnoseVia(settings: Settings, options: DoctorOptions = {}): AsyncGenerator<Finding, void> {
  const { via } = settings;
  if (!via) return yield* diagnoseSettings(settings, options);
  let opened: Awaited<ReturnType<typeof openVia>>;
  try {
    opened = await openVia(settings, { signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    const next =
      via.kind === 'ssh'
        ? `livywire only calls ssh: what \`ssh ${via.host}\` needs (keys, agent, known_hosts) it needs, too`
        : 'livywire only calls `aws ssm start-session`: it needs a node, AWS CLI version 2 and the Session Manager plugin';
    yield { check: 'network', level: 'problem', fault: 'service', seen: plainLine(error.message), next };
    return;
  }
  try {
    const seen =
      via.kind === 'ssh'
        ? `ssh ${via.host} opened a way (${via.from})`
        : `Session Manager opens a way to what is asked for below (${via.from})`;
    yield { check: 'network', level: 'ok', seen };
    yield* diagnoseSettings(opened.settings, options);
  } finally {
    await opened.close();
  }
}
