import { type Diagnosis, redactText, type RunLinks, type RunOutcome, type RunStatus } from '../core/index.js';
import type { DiagnoseAnswer, RunAnswer, ShortDiagnosis, ShortOutcome, ShortStatus } from './answer.js';
import { bytesOf, cut } from './cut.js';

/** Of what a payload may hold, with room for what a machine adds. */
const ANSWER_BYTES = 8_000;
const DIAGNOSE_BYTES = 64_000;

/** How much of a diagnosis is kept. */
export interface Room {
  readonly lines: number;
  readonly lineLength: number;
  readonly next: number;
}
const IN_ANSWER: Room = { lines: 5, lineLength: 300, next: 3 };
export const IN_DIAGNOSE: Room = { lines: 40, lineLength: 1_000, next: 10 };

function shortLinks(links: RunLinks): RunLinks {
  const kept = Object.entries(links as Readonly<Record<string, string>>).filter(([, link]) => link.length <= 500);
  return Object.fromEntries(kept.map(([name, link]) => [name, redactText(link)]));
}

export const shortStatus = ({ raw, state, id, appId, message, links }: RunStatus): ShortStatus => ({
  raw: cut(raw, 100),
  state,
  ...(id !== undefined && { id }),
  ...(appId !== undefined && { appId }),
  ...(message !== undefined && { message: cut(message, 500) }),
  links: shortLinks(links),
});

export const shortDiagnosis = (
  { code, title, transient, lines, next }: Diagnosis,
  room: Room = IN_ANSWER,
): ShortDiagnosis => ({
  code,
  title: cut(title, 300),
  transient,
  lines: lines.slice(0, room.lines).map(({ text }) => cut(text, room.lineLength)),
  next: next.slice(0, room.next).map((text) => cut(text, 300)),
});

export function shortOutcome(outcome: RunOutcome, room?: Room): ShortOutcome {
  const { kind, links, usage, output, knownAt } = outcome;
  return {
    kind,
    ...(outcome.kind === 'failed' && { diagnosis: shortDiagnosis(outcome.diagnosis, room) }),
    ...(outcome.kind === 'cancelled' && {
      by: outcome.by,
      ...(outcome.message !== undefined && { message: cut(outcome.message, 500) }),
    }),
    links: shortLinks(links),
    ...(usage && { usage }),
    ...(output && { output }),
    knownAt,
  };
}

/** The answer that a run which has ended is concluded with. */
export const doneAnswer = (outcome: RunOutcome, events: number): RunAnswer =>
  fitAnswer({ v: 1, next: 'done', ref: outcome.ref, outcome: shortOutcome(outcome), events });

/** Leaves out what is least needed until it fits. */
export function fitAnswer(answer: RunAnswer): RunAnswer {
  const { status, ...rest } = answer;
  const { outcome } = rest;
  const smaller: readonly RunAnswer[] = [
    answer,
    { ...answer, ...(status && { status: { ...status, links: {} } }) },
    {
      ...answer,
      ...(status && { status: { raw: status.raw, state: status.state, links: {} } }),
      ...(outcome && {
        outcome: {
          ...outcome,
          links: {},
          ...(outcome.diagnosis && { diagnosis: { ...outcome.diagnosis, lines: outcome.diagnosis.lines.slice(0, 1) } }),
        },
      }),
    },
    {
      ...rest,
      ...(outcome && {
        outcome: {
          kind: outcome.kind,
          knownAt: outcome.knownAt,
          links: {},
          ...(outcome.diagnosis && { diagnosis: { ...outcome.diagnosis, lines: [], next: [] } }),
        },
      }),
    },
  ];
  return smaller.find((one) => bytesOf(one) <= ANSWER_BYTES) ?? smaller.at(-1) ?? answer;
}

/** Leaves out lines from the end until it fits. */
export function fitDiagnose(answer: DiagnoseAnswer): DiagnoseAnswer {
  const { diagnosis } = answer;
  if (!diagnosis || bytesOf(answer) <= DIAGNOSE_BYTES) return answer;
  return fitDiagnose({ ...answer, diagnosis: { ...diagnosis, lines: diagnosis.lines.slice(0, -1) } });
}
