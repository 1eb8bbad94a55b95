/** The submitter processes: they are given keys, killed, stopped, and replaced. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Order, SubmitterSettings, Word } from './orders.js';

type Answer = Exclude<Word, { say: 'ready' }>;
export type RunOrder = Omit<Extract<Order, { do: 'run' }>, 'id' | 'do'>;

/** An order that was not answered yet. */
interface Open {
  readonly key: string;
  readonly resolve: (word: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The process was killed before it could answer. */
export class SubmitterKilled extends Error {}

export class Submitter {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, Open>();
  #isGone = false;
  #isStopped = false;
  #orders = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (word: Word) => {
      if (word.say === 'ready') return;
      this.#open.get(word.id)?.resolve(word);
      this.#open.delete(word.id);
    });
    child.on('error', () => undefined); // an order that did not reach a killed process
    child.once('exit', (code) => {
      this.#isGone = true;
      const error = code === null ? new SubmitterKilled() : new Error(`a submitter ended by itself with ${code}`);
      for (const { reject } of this.#open.values()) reject(error);
      this.#open.clear();
    });
  }

  static async start(settings: SubmitterSettings): Promise<Submitter> {
    const script = fileURLToPath(new URL('./submitter.ts', import.meta.url));
    const child = fork(script, [JSON.stringify(settings)], { execArgv: ['--import=tsx'] });
    const submitter = new Submitter(child);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (submitter.#isGone) throw new Error('a submitter did not start');
    return submitter;
  }

  get isAtWork(): boolean {
    return !this.#isGone && !this.#isStopped;
  }
  /** The keys that it is at work on. */
  get keys(): readonly string[] {
    return [...new Set([...this.#open.values()].map(({ key }) => key))];
  }

  /** @throws SubmitterKilled */
  run(order: RunOrder): Promise<Answer> {
    if (this.#isGone) return Promise.reject(new SubmitterKilled());
    const id = ++this.#orders;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { key: order.key, resolve, reject });
      this.#child.send({ do: 'run', id, ...order } satisfies Order, () => undefined);
    });
  }

  setClock(byMs: number): void {
    if (!this.#isGone) this.#child.send({ do: 'set-clock', byMs } satisfies Order, () => undefined);
  }

  async kill(): Promise<void> {
    if (this.#isGone) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async stop(forMs: number): Promise<void> {
    if (!this.isAtWork) return;
    this.#isStopped = true;
    this.#child.kill('SIGSTOP');
    await delay(forMs);
    this.#child.kill('SIGCONT');
    this.#isStopped = false;
  }
}

/** Always about as many as were asked for. */
export class Submitters {
  readonly #settings: SubmitterSettings;
  readonly #random: () => number;
  #all: Submitter[] = [];
  #closed = false;

  constructor(settings: SubmitterSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#add()));
  }

  /** One that is at work, not `but` where there is another. */
  async pick(but?: Submitter): Promise<Submitter> {
    for (;;) {
      const able = this.#all.filter((one) => one.isAtWork);
      const others = able.filter((one) => one !== but);
      const among = others.length > 0 ? others : able;
      if (among.length > 0) return among[Math.floor(this.#random() * among.length)]!;
      await delay(50);
    }
  }

  async kill(one: Submitter): Promise<void> {
    this.#all = this.#all.filter((other) => other !== one);
    await one.kill();
    if (!this.#closed) await this.#add();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all.map((one) => one.kill()));
  }

  async #add(): Promise<void> {
    const one = await Submitter.start(this.#settings);
    if (this.#closed) await one.kill();
    else this.#all.push(one);
  }
}
