import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConfigError } from '../../core/index.js';
import type { Requirements } from './requirements-file.js';
import type { WheelTarget } from './wheel-platform.js';

/**
 * pip judges conditions (`importlib-metadata; python_version < "3.10"`) by the Python it runs on, whatever it was told to
 * unpack for. So they are judged again, for the cluster's, by pip's own reader of them.
 */
const SCRIPT = `
import importlib.metadata as md, json, sys
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name as canonical
folder, version, machine, lines = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
cluster = {
    "python_version": version, "python_full_version": version + ".0", "implementation_version": version + ".0",
    "implementation_name": "cpython", "platform_python_implementation": "CPython", "os_name": "posix",
    "sys_platform": "linux", "platform_system": "Linux", "platform_machine": machine, "extra": "",
}
found = list(md.distributions(path=[folder]))
have = {canonical(one.metadata["Name"]) for one in found}
missing = set()
def judge(text, needs_marker):
    try:
        one = Requirement(text)
    except InvalidRequirement:
        return
    if one.marker is None and needs_marker:
        return
    if (one.marker is None or one.marker.evaluate(cluster)) and canonical(one.name) not in have:
        missing.add(one.name + str(one.specifier))
for line in lines:
    judge(line.split(" --")[0], True)
for one in found:
    for text in one.requires or []:
        judge(text, True)
print(json.dumps(sorted(missing)))
`;

export interface MarkerCheck {
  readonly folder: string;
  readonly requirements: Requirements;
  readonly target: WheelTarget;
  /** The one pip ran on, and its version. */
  readonly python: string;
  readonly pipVersion: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws ConfigError that names what pip left out although the cluster needs it */
export async function checkMarkers(check: MarkerCheck): Promise<void> {
  const { folder, requirements, target, python, pipVersion, signal } = check;
  const machine = /_(x86_64|aarch64)$/.exec(target.platforms[0] ?? '')?.[1] ?? 'x86_64';
  const lines = requirements.texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => line.includes(';'));
  const args = ['-c', SCRIPT, folder, target.python, machine, JSON.stringify(lines)];
  const { stdout } = await promisify(execFile)(python, args, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new ConfigError(`The conditions in ${requirements.path} cannot be judged by ${python}: ${String(error)}`, {
      field: '--requirements',
      cause: error,
    });
  });
  const missing = JSON.parse(stdout) as readonly string[];
  if (missing.length === 0) return;
  throw new ConfigError(
    `pip runs on Python ${pipVersion ?? '?'} here and left out what Python ${target.python} of the cluster needs: ${missing.join(', ')}. ` +
      `Name it in ${requirements.path} without a condition, or install python${target.python} on this machine`,
    { field: '--requirements' },
  );
}
