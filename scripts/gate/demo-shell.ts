/**
 * Types livywire lines as a person would, with an instance and a ledger of its own: nothing of the person's is touched, and nothing is
 * left, also when it is interrupted: then the step that is under way ends, and no other one follows.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './project.js';

type Stop = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const bin = join(root, 'src/cli/bin.ts');

export class DemoShell {
  /** For what the demo reads and writes. */
  readonly folder: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #stopped: Stop | undefined;
  #current: ChildProcess | undefined;
  #isClearing = false;
  /** What `local up` has said so far: lines that a shell would evaluate. */
  #said = '';

  private constructor(folder: string) {
    this.folder = folder;
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LIVYWIRE_'));
    this.#env = { ...Object.fromEntries(own), XDG_STATE_HOME: join(folder, 'state') };
    // A terminal sends its signals to the child too, kill does not. A second one while clearing up changes nothing.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (this.#stopped !== undefined) return;
        this.#stopped = signal;
        if (!this.#isClearing) this.#current?.kill(signal);
      });
    }
  }

  /** Starts the instance, does the work and stops it. @returns the exit code */
  static async demo(
    name: string,
    flags: readonly string[],
    work: (shell: DemoShell) => Promise<number>,
  ): Promise<number> {
    const shell = new DemoShell(await mkdtemp(join(tmpdir(), `livywire-${name}-`)));
    try {
      const up = await shell.step(['local', 'up', ...flags, '--name', name]);
      return up === 0 ? await work(shell) : up;
    } finally {
      await shell.#clear(name);
    }
  }

  /** A variable that `local up` printed. */
  exported(name: string): string {
    return new RegExp(`^export ${name}=(.*)$`, 'm').exec(this.#said)?.[1] ?? '';
  }

  /** Runs a livywire line, unless we were asked to stop. @returns its exit code, or the signal's */
  async step(words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<number> {
    const code = this.#stopped === undefined ? await this.#type(words, extra) : 0;
    return this.#stopped === undefined ? code : 128 + constants.signals[this.#stopped];
  }

  #type(words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<number> {
    const said = Object.entries(extra).map(([name, value]) => `${name}=${value} `);
    console.error(`\n$ ${said.join('')}livywire ${words.map((word) => word.replace(this.folder, '$TMP')).join(' ')}`);
    const child = spawn(process.execPath, ['--import=tsx', bin, ...words], {
      cwd: root,
      env: { ...this.#env, ...extra },
      stdio: ['inherit', words[0] === 'local' ? 'pipe' : 'inherit', 'inherit'],
      detached: this.#isClearing, // in a group of its own it does not hear an impatient second Ctrl-C
    });
    this.#current = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      this.#said += String(chunk);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 1)));
    });
  }

  async #clear(name: string): Promise<void> {
    this.#isClearing = true;
    const down = await this.#type(['local', 'down', '--name', name]);
    // The folder is what finds the servers again: it goes only once they are gone.
    if (down === 0) await rm(this.folder, { recursive: true, force: true });
    else {
      const state = String(this.#env.XDG_STATE_HOME);
      console.error(`not stopped; to stop it: XDG_STATE_HOME=${state} livywire local down --name ${name}`);
    }
  }
}
