import type { Picture, PictureStep } from '../graph/index.js';
import { awsSettings, lazyAws } from './aws.js';
import type { Settings } from './settings.js';

/** A picture as text, and what is in it. */
export interface ExecutionPicture {
  readonly text: string;
  readonly steps: readonly PictureStep[];
  /** Of an execution: what was read. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Drawing {
  readonly name: string;
  readonly steps: readonly PictureStep[];
  readonly format: 'mermaid' | 'svg';
  readonly nowMs: number;
}

export interface OfExecution {
  readonly arn: string;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** Draws a pipeline; with an execution as that one stands. @throws ConfigError, UnreachableError where it cannot be read */
export async function drawPipeline(drawing: Drawing, execution?: OfExecution): Promise<ExecutionPicture> {
  const { mermaid, svg, stepViews } = await import('../graph/index.js');
  const { name, steps, format, nowMs } = drawing;
  const draw = (picture: Picture): string => (format === 'svg' ? svg(picture) : mermaid(picture));
  if (!execution) return { text: draw({ title: name, steps }), steps, document: { steps } };
  const { arn, settings, signal } = execution;
  const forAws = awsSettings(settings);
  const { room } = await lazyAws(forAws)();
  const history = await room.executionHistory(arn, forAws, { signal });
  const { status, startedMs, endedMs } = history;
  const views = stepViews(
    steps.map((step) => step.name),
    history.events,
    { hasEnded: status !== 'RUNNING' },
  );
  const seen = steps.map((step): PictureStep => {
    const view = views.get(step.name);
    return view ? { ...step, view } : step;
  });
  const picture: Picture = {
    title: name,
    subtitle: `${history.name}, ${status.toLowerCase()}`,
    steps: seen,
    nowMs: endedMs ?? nowMs,
  };
  return {
    text: draw(picture),
    steps: seen,
    document: { execution: { arn, status, startedMs, endedMs }, steps: seen },
  };
}
