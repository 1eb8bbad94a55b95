import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../core/index.js';
import type { Step, StepEnd, StepWork } from './aws-steps.js';

export interface StepRunOptions {
  /** Where each step gets a folder with its logs. */
  readonly dir: string;
  /** Spark's own folder. */
  readonly sparkHome: string;
  readonly cwd: string;
}

const appIdPattern = /Submitted application (application_\d+_\d+)/;

/** Does what EMR's command-runner does with a step: runs spark-submit on this machine, which is the primary node. */
export function runStep(step: Step, { dir, sparkHome, cwd }: StepRunOptions): StepWork {
  const home = join(dir, step.id);
  mkdirSync(home, { recursive: true });
  const { Jar: jar, Args: [program, ...args] = [] } = step.config.HadoopJarStep;
  const controller = (text: string): void =>
    appendFileSync(join(home, 'controller'), `${new Date(systemClock.now()).toISOString()} INFO ${text}\n`);
  if (!/^command-runner\.jar$/.test(jar) || program !== 'spark-submit') {
    const message = `Only command-runner.jar with spark-submit is run on this machine, not ${jar} ${program ?? ''}`;
    controller(message);
    return { end: Promise.resolve({ ok: false, message }), stop: () => undefined };
  }
  // EMR's spark-defaults say yarn; a master in the step's own arguments comes later and wins.
  const words = ['--master', 'yarn', ...args];
  controller(`startExec 'hadoop jar /var/lib/aws/emr/step-runner/hadoop-jars/command-runner.jar ${program}'`);
  const stderr = join(home, 'stderr');
  const [out, err] = [openSync(join(home, 'stdout'), 'a'), openSync(stderr, 'a')];
  const child = spawn(join(sparkHome, 'bin', 'spark-submit'), words, { cwd, stdio: ['ignore', out, err] });
  closeSync(out);
  closeSync(err);
  controller(`ProcessRunner started child process : ${child.pid ?? 'none'}`);

  const lookForApp = async (): Promise<string> => {
    const text = await readFile(stderr, 'utf8').catch(() => '');
    const found = appIdPattern.exec(text)?.[1];
    if (found !== undefined) step.appId = found;
    return text;
  };
  const timer = setInterval(() => {
    if (step.appId === undefined) void lookForApp();
  }, 1_000);

  const end = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  })
    .then(async (code): Promise<StepEnd> => {
      const text = await lookForApp();
      controller(`waitProcessCompletion ended with exit code ${code ?? 'none'}`);
      if (code === 0) return { ok: true };
      const message = reasonIn(text);
      return { ok: false, ...(message !== undefined && { message }) };
    })
    .finally(() => clearInterval(timer));
  return {
    end,
    stop: (how) => {
      controller(`CancelSteps: ${how}`);
      child.kill(how === 'SEND_INTERRUPT' ? 'SIGTERM' : 'SIGKILL');
    },
  };
}

/** The line that EMR takes for the message: the exception that ended spark-submit. */
export function reasonIn(stderr: string): string | undefined {
  const thrown = stderr.split('\n').filter((line) => /^Exception in thread |^Error: /.test(line));
  return thrown.at(-1)?.trim().slice(0, 1_000);
}
