import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: string;
}

/** A JVM that waits for drivers: see gateway.py. */
export class Gateway {
  readonly work: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(venv: string, folder: string, options: string) {
    this.work = join(folder, 'work');
    mkdirSync(folder, { recursive: true });
    const python = join(venv, 'bin/python');
    const here = import.meta.dirname;
    const env = {
      PATH: process.env['PATH'],
      JAVA_HOME: process.env['JAVA_HOME'],
      HOME: this.work,
      SPARK_LOCAL_IP: '127.0.0.1',
      SPARK_LOCAL_HOSTNAME: 'localhost',
      HADOOP_USER_NAME: 'etl',
      PYSPARK_PYTHON: python,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const child = spawn(python, [join(here, 'gateway.py'), folder, join(here, 'jobs'), options], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ask(line: string): Promise<Answer> {
    this.#child.stdin?.write(`${line}\n`);
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error('the gateway has ended');
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}
