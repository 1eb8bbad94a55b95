/** How a step stands, as far as an execution's history tells. */
export type StepState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'aborted';

/** A step of an execution. */
export interface StepView {
  readonly state: StepState;
  /** Milliseconds since 1970. */
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Of a step with `foreach`: how many items have ended, and of how many. */
  readonly items?: { readonly ended: number; readonly failed: number; readonly all: number };
  /** The error's name; of a run of Livy the code of its diagnosis. */
  readonly error?: string;
  /** What was said about it, cut. */
  readonly cause?: string;
}

export interface PictureStep {
  readonly name: string;
  readonly kind: string;
  readonly needs: readonly string[];
  readonly isForEach: boolean;
  /** Of an execution. */
  readonly view?: StepView;
}

/** A pipeline as it is drawn. */
export interface Picture {
  readonly title: string;
  readonly steps: readonly PictureStep[];
  /** Under the title: the execution and its state. */
  readonly subtitle?: string;
  /** What is now, for what still runs. Milliseconds since 1970. */
  readonly nowMs?: number;
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** `1 h 5 min`, `12 s`: the two largest units. */
function duration(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1_000));
  const parts: string[] = [];
  for (const [seconds, unit] of UNITS) {
    if (left < seconds && parts.length === 0) continue;
    parts.push(`${Math.floor(left / seconds)} ${unit}`);
    left %= seconds;
  }
  return [...parts, `${left} s`].slice(0, 2).join(' ');
}

const timeOfDay = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)}Z`;

/** Lines about a step, under its name: kind, state, times, tries, why it failed. */
export function linesOf({ kind, isForEach, view }: PictureStep, nowMs: number | undefined): readonly string[] {
  const what = isForEach ? `${kind}, for each item` : kind;
  if (!view) return [what];
  const { state, startedMs, endedMs, retries, items, error } = view;
  const end = endedMs ?? nowMs;
  const took = startedMs === undefined || end === undefined ? [] : [duration(end - startedMs)];
  return [
    what,
    [state, ...took].join(', '),
    ...(startedMs === undefined
      ? []
      : [`from ${timeOfDay(startedMs)}${endedMs === undefined ? '' : ` to ${timeOfDay(endedMs)}`}`]),
    ...(items ? [`${items.ended} of ${items.all} items${items.failed > 0 ? `, ${items.failed} failed` : ''}`] : []),
    ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ...(error === undefined ? [] : [error]),
  ];
}

/** Only what is needed directly: what another need implies is left out. */
export function shownNeeds(steps: readonly PictureStep[]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map(steps.map((step) => [step.name, step.needs]));
  const reaches = (from: string, to: string): boolean =>
    (needs.get(from) ?? []).some((one) => one === to || reaches(one, to));
  return new Map(
    steps.map(({ name, needs: before }) => [
      name,
      before.filter((one) => !before.some((other) => other !== one && reaches(other, one))),
    ]),
  );
}
