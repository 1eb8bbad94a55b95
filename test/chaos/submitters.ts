/** The submitter processes: they are given keys, killed, stopped, and replaced. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
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

  /** @param program - as `submitterProgram` wrote it */
  static async start(program: string, settings: SubmitterSettings): Promise<Submitter> {
    const child = fork(program, [JSON.stringify(settings)], { execArgv: [] });
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

/** So many keys at most share the fate of a process that something happens to. */
const EXPOSED_KEYS = 6;

/**
 * Some processes at work on many keys at a time, to which nothing happens, and exposed ones with a few keys each, which
 * are killed, stopped and have their clocks set. One of them is started whenever those that are there have no room.
 */
export class Submitters {
  readonly #program: string;
  readonly #settings: SubmitterSettings;
  readonly #random: () => number;
  #spared: Submitter[] = [];
  #exposed: Submitter[] = [];
  #closed = false;
  /** How many were ever started. */
  started = 0;

  /** @param program - as `submitterProgram` wrote it */
  constructor(program: string, settings: SubmitterSettings, random: () => number) {
    this.#program = program;
    this.#settings = settings;
    this.#random = random;
  }

  /** Starts the spared ones. */
  async start(count: number): Promise<void> {
    this.#spared = await Promise.all(Array.from({ length: count }, () => this.#start()));
  }

  /** One that is at work, exposed or not, but never `but` where there is another. */
  async pick(but?: Submitter): Promise<Submitter> {
    for (;;) {
      const able = [...this.#spared.filter((one) => one.isAtWork), ...this.#withRoom()];
      const others = able.filter((one) => one !== but);
      const among = others.length > 0 ? others : able;
      if (among.length > 0) return among[Math.floor(this.#random() * among.length)]!;
      await delay(50);
    }
  }

  /** One that something may happen to, for a key that it is to happen to. */
  async pickExposed(): Promise<Submitter> {
    const there = this.#withRoom()[0];
    if (there) return there;
    const one = await this.#start();
    this.#exposed.push(one);
    return one;
  }

  async kill(one: Submitter): Promise<void> {
    this.#spared = this.#spared.filter((other) => other !== one);
    this.#exposed = this.#exposed.filter((other) => other !== one);
    await one.kill();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#spared, ...this.#exposed].map((one) => one.kill()));
  }

  #withRoom(): readonly Submitter[] {
    return this.#exposed.filter((one) => one.isAtWork && one.keys.length < EXPOSED_KEYS);
  }

  async #start(): Promise<Submitter> {
    const one = await Submitter.start(this.#program, this.#settings);
    this.started++;
    if (this.#closed) await one.kill();
    return one;
  }
}
