import { ConfigError } from '../../core/index.js';
import { pythonOfRelease } from './release-python.js';

/** For which machines wheels are looked for. */
export interface WheelTarget {
  /** `3.9` */
  readonly python: string;
  /** pip's tags, the most particular first. */
  readonly platforms: readonly string[];
}

export interface TargetOptions {
  /** `x86_64`, `aarch64`, or a tag of wheels such as `manylinux_2_34_x86_64`. @defaultValue `x86_64`, with the glibc of `release` */
  readonly platform?: string;
  /** Of the cluster, such as `3.9`. @defaultValue that of `release` */
  readonly pythonVersion?: string;
  /** EMR's release label, `emr-7.9.0`. */
  readonly release?: string;
}

/** The oldest that wheels are marked with. */
const OLDEST_GLIBC = 5;

/** Wheels for an older glibc run on a newer one, and pip takes only the tags it is told. */
function manylinux(glibcMinor: number, arch: string): string[] {
  const minors = Array.from({ length: Math.max(0, glibcMinor - OLDEST_GLIBC + 1) }, (_, i) => glibcMinor - i);
  // pip itself adds manylinux2010 and manylinux1 to manylinux2014.
  return [...minors.map((minor) => `manylinux_2_${minor}_${arch}`), `manylinux2014_${arch}`, `linux_${arch}`];
}

const archOf = (platform: string): string | undefined =>
  ({ x86_64: 'x86_64', amd64: 'x86_64', aarch64: 'aarch64', arm64: 'aarch64' })[platform.toLowerCase()];

/** @throws ConfigError that asks for what is not known */
export function wheelTarget({ platform, pythonVersion, release }: TargetOptions): WheelTarget {
  const known = release === undefined ? undefined : pythonOfRelease(release);
  const hint = release === undefined ? 'or --emr-release' : `for the table has no ${release}`;
  const python = pythonVersion ?? known?.version;
  if (python === undefined) {
    throw new ConfigError(
      `Packages are made for one Python: give that of the cluster by --python-version (3.9 on EMR 7), ${hint}`,
      { field: '--python-version' },
    );
  }
  if (!/^3\.\d{1,2}$/.test(python)) {
    throw new ConfigError(`--python-version: ${JSON.stringify(python)} is no Python; write it as in 3.9`, {
      field: '--python-version',
    });
  }
  const arch = archOf(platform ?? 'x86_64');
  if (arch !== undefined) {
    if (known) return { python, platforms: manylinux(Number(known.glibc.split('.')[1]), arch) };
    throw new ConfigError(
      `Packages are made for a C library: give the cluster's by --platform, as in manylinux_2_34_${arch} (EMR 7) or manylinux_2_26_${arch} (EMR 6), ${hint}`,
      { field: '--platform' },
    );
  }
  const [, glibc, tagArch] = /^manylinux_2_(\d{1,2})_(\w+)$/.exec(platform ?? '') ?? [];
  if (glibc !== undefined && tagArch !== undefined) return { python, platforms: manylinux(Number(glibc), tagArch) };
  if (platform !== undefined && /^[a-z][a-z0-9]*_\w+$/.test(platform)) return { python, platforms: [platform] };
  throw new ConfigError(
    `--platform: ${JSON.stringify(platform)} is none; write x86_64, aarch64, or a wheel's tag such as manylinux_2_34_x86_64`,
    { field: '--platform' },
  );
}
