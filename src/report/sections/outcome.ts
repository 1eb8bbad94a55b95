import type { Diagnosis, RunOutcome } from '../../core/index.js';
import { html, type Html } from '../html.js';
import type { RunReport } from '../run-report.js';
import { duration } from '../words.js';

type Tone = 'good' | 'bad' | 'warn' | 'info';

export interface Standing {
  /** `failed`, `running`. */
  readonly word: string;
  readonly tone: Tone;
}

const tones: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  lost: 'bad',
  cancelled: 'warn',
  unknown: 'warn',
};

/** In one word, how the run stands. */
export function standingOf({ outcome, status, attempts }: RunReport): Standing {
  const word = outcome?.kind ?? status?.state ?? attempts.at(-1)?.phase ?? 'unknown';
  return { word, tone: tones[word] ?? 'info' };
}

/** How it stands, and why: what a reader came for. */
export function outcomeSection(report: RunReport): Html {
  const { outcome, status } = report;
  const { word, tone } = standingOf(report);
  const took = tookMs(report);
  return html`<section id="outcome" class="outcome ${tone}" aria-labelledby="outcome-title">
    <h2 id="outcome-title">
      <span class="word">${word}</span
      >${took === undefined ? '' : html` <span class="took">${outcome ? 'after' : 'for'} ${duration(took)}</span>`}
    </h2>
    ${outcome ? ending(outcome) : going(report)}
    ${outcome === undefined && status?.message !== undefined && html`<p class="said">${status.message}</p>`}
    ${(outcome?.notes ?? []).map((note) => html`<p class="note"><strong>Note.</strong> ${note}</p>`)}
  </section> `;
}

function going({ status, attempts }: RunReport): Html {
  const waiting = status?.waiting?.summary;
  if (status === undefined) {
    const last = attempts.at(-1);
    return html`<p>
      No server could be asked how it is
      now.${last ? ` The ledger has it as ${last.phase}, since ${last.createdAt}.` : ''}
    </p>`;
  }
  return html`<p>It had not ended when this report was made; ${status.source} said ${status.raw}.</p>
    ${waiting !== undefined && html`<p class="said">${waiting}</p>`}`;
}

function ending(outcome: RunOutcome): Html {
  switch (outcome.kind) {
    case 'succeeded':
      return html`<p>The application ended in success.</p>`;
    case 'failed':
      return diagnosis(outcome.diagnosis);
    case 'cancelled':
      return html`<p>
        It was stopped by
        ${outcome.by === 'livywire' ? 'livywire' : 'someone else'}${outcome.message === undefined ? '.' : `: ${outcome.message}`}
      </p>`;
    case 'lost':
      return html`<p>Nobody knows how it ended. Below stands who was asked, and what was answered.</p>`;
  }
}

function diagnosis({ code, title, lines, next, transient }: Diagnosis): Html {
  const where = ({ source, line }: Diagnosis['lines'][number]): string =>
    line === undefined ? source : `${source}:${line}`;
  return html`<p class="title"><code>${code}</code> ${title}</p>
    ${transient && html`<p>The same job may succeed when it is simply run again.</p>`}
    ${
      lines.length > 0 &&
      html`<h3>What proves it</h3>
        <ol class="proof">
          ${lines.map((line) => html`<li><span class="where">${where(line)}</span> <code>${line.text}</code></li>`)}
        </ol>`
    }
    ${
      next.length > 0 &&
      html`<h3>What to do next</h3>
        <ul class="next">
          ${next.map((step) => html`<li>${step}</li>`)}
        </ul>`
    }`;
}

/** As YARN counted it, else as Spark did. */
export function tookMs({ outcome, app, spark }: RunReport): number | undefined {
  const usage = outcome?.usage ?? app?.usage;
  if (usage?.runMs !== undefined) return usage.runMs;
  return spark?.startedMs !== undefined && spark.endedMs !== undefined ? spark.endedMs - spark.startedMs : undefined;
}
