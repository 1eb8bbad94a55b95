import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { onPath, runTool } from './tool.js';

/** A Java installation. */
export interface Java {
  /** What JAVA_HOME would be. */
  readonly home: string;
  readonly major: number;
}

/** What Spark 3.5 and Livy 0.7 both run on, best first. A newer one starts them and then fails inside them. */
const javaVersions: readonly number[] = [17, 11, 8];

/** `17.0.15` → 17, `1.8.0_402` → 8. */
export function javaMajor(version: string): number | undefined {
  const found = /^(?:1\.)?(\d+)/.exec(version.replaceAll('"', ''));
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/** The first of the candidates that fits: the order is the person's wish (JAVA_HOME, PATH), unless only a later one fits. */
export const chooseJava = (candidates: readonly Java[]): Java | undefined =>
  candidates.find((java) => javaVersions.includes(java.major));

/** Reads what version a Java home holds, or asks the Java itself. */
export async function readJava(home: string): Promise<Java | undefined> {
  // Every JDK since 8 has this file, and reading it is a hundred times faster than starting a JVM.
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '');
  const written = /^JAVA_VERSION="?([^"\n]+)/m.exec(release)?.[1];
  const version = written ?? (await askJava(join(home, 'bin', 'java')).catch(() => undefined));
  const major = version === undefined ? undefined : javaMajor(version);
  return major === undefined ? undefined : { home, major };
}

async function askJava(java: string): Promise<string | undefined> {
  const lines: string[] = [];
  await runTool(java, ['-version'], { onLine: (line) => lines.push(line) });
  return /version "([^"]+)"/.exec(lines.join('\n'))?.[1];
}

/** Where Javas live: JAVA_HOME, the PATH, then the usual folders. */
async function javaHomes(): Promise<string[]> {
  const homes: string[] = [];
  if (process.env.JAVA_HOME !== undefined && process.env.JAVA_HOME !== '') homes.push(process.env.JAVA_HOME);
  const java = await onPath('java');
  // The PATH usually has a chain of links; macOS has a stub there that belongs to no home.
  if (java !== undefined) homes.push(dirname(dirname(await realpath(java).catch(() => java))));
  const shelves = [
    { dir: '/usr/lib/jvm', inside: '' },
    { dir: '/Library/Java/JavaVirtualMachines', inside: 'Contents/Home' },
    { dir: '/opt/homebrew/opt', inside: 'libexec/openjdk.jdk/Contents/Home', only: /^openjdk/ },
    { dir: join(homedir(), '.sdkman', 'candidates', 'java'), inside: '' },
  ];
  for (const { dir, inside, only } of shelves) {
    const entries = (await readdir(dir).catch(() => [])).filter((entry) => only?.test(entry) ?? true);
    for (const entry of entries.sort().reverse()) homes.push(join(dir, entry, inside));
  }
  return homes;
}

/** The Java of this machine that fits; `undefined` when there is none. */
export async function findJava(): Promise<Java | undefined> {
  for (const home of await javaHomes()) {
    const java = await readJava(home);
    const fit = java && chooseJava([java]);
    // A folder with a release file and no program in it is a leftover.
    if (fit && (await stat(join(fit.home, 'bin', 'java')).catch(() => undefined))) return fit;
  }
  return undefined;
}
