import type { SparkFacts, SparkStageFacts, SparkTaskFacts } from '../../core/index.js';
import { KINDS, MOST_ROWS, skewed, skewOf, span, stageName } from '../chart-data.js';
import { html, type Html } from '../html.js';
import { chart, type Column, table } from '../table.js';
import { bytes, counted, duration, number } from '../words.js';
import { begun, stateCell, tasks, took } from './jobs.js';

/** The usual task has to take this long before its slowest neighbour is worth a sentence, in milliseconds. */
const WORTH_SAYING_MS = 1_000;
const WORTH_SAYING_RATIO = 3;

/** How evenly each stage's tasks took, and what each moved. */
export function stagesSection(spark: SparkFacts): Html {
  const stages = spark.stages.filter(({ state }) => state !== 'skipped');
  if (stages.length === 0) return html``;
  const { from } = span(spark);
  const uneven = skewed(spark);
  const skipped = spark.stages.length - stages.length;
  const spilled = stages.reduce((sum, stage) => sum + stage.diskSpilledBytes, 0);
  const moves = stages.some(
    (stage) => stage.inputBytes + stage.outputBytes + stage.shuffleReadBytes + stage.shuffleWriteBytes > 0,
  );
  return html`<section id="stages" aria-labelledby="stages-title">
    <h2 id="stages-title">Stages</h2>
    ${skipped > 0 && html`<p class="quiet">${counted(skipped, 'stage')} skipped: their results were there already.</p>`}
    ${
      uneven.length > 0 &&
      html`<h3>How evenly the tasks took</h3>
        ${sentence(uneven)}
        ${chart(
          'skew',
          `Task times, ${which(uneven.length, MOST_ROWS.skew, 'that waited longest for their slowest task')}`,
          'Task times per stage: from the quickest to the slowest task, with the median and the 95th percentile',
          [
            ['whole', 'quickest to slowest'],
            ['stage', 'median to 95th percentile'],
            ['median', 'median'],
            ['failed', 'slowest'],
          ],
        )}
        ${skewTable(uneven)} ${slowTasks(uneven)}`
    }
    ${
      moves &&
      html`<h3>What they moved</h3>
        ${spilled > 0 && html`<p><strong>${bytes(spilled)}</strong> were spilled to disk: tasks that did not fit into their executor's memory.</p>`}
        ${chart(
          'traffic',
          'Bytes of the stages that moved most; the table has all of them',
          'Bytes per stage: input, shuffle read, spill to disk, shuffle write, output',
          KINDS.map((kind) => [kind.replaceAll(' ', '-'), kind] as const),
        )}`
    }
    ${stageTable(stages, from)} ${failures(stages)}
  </section> `;
}

const which = (all: number, most: number, order: string): string =>
  all > most ? `the ${most} stages of ${all} ${order}` : `the stages ${order} first`;

function sentence(uneven: readonly SparkStageFacts[]): Html {
  const worst = uneven.find(
    (stage) => (stage.taskMs?.max ?? 0) >= WORTH_SAYING_MS && skewOf(stage) >= WORTH_SAYING_RATIO,
  );
  if (worst?.taskMs === undefined) return html``;
  const { max, median } = worst.taskMs;
  return html`<p>
    The slowest task of <strong>${stageName(worst)}</strong> (${worst.description ?? worst.name}) took ${duration(max)},
    ${Math.round(skewOf(worst))} times its median of ${duration(median)}.
  </p>`;
}

const skewTable = (stages: readonly SparkStageFacts[]): Html =>
  table(
    'Task times per stage',
    [
      ...headColumns,
      { head: 'Tasks', isNumber: true, cell: (stage) => tasks(stage.tasks) },
      { head: 'Quickest', isNumber: true, cell: ({ taskMs }) => taskMs && duration(taskMs.min) },
      { head: 'Median', isNumber: true, cell: ({ taskMs }) => taskMs && duration(taskMs.median) },
      { head: '95th percentile', isNumber: true, cell: ({ taskMs }) => taskMs && duration(taskMs.p95) },
      { head: 'Slowest', isNumber: true, cell: ({ taskMs }) => taskMs && duration(taskMs.max) },
      { head: 'Slowest over median', isNumber: true, cell: (stage) => `${skewOf(stage).toFixed(1)} ×` },
    ],
    stages,
  );

const headColumns: readonly Column<SparkStageFacts>[] = [
  { head: 'Stage', cell: ({ id, attempt }) => (attempt === 0 ? id : `${id}, try ${attempt + 1}`) },
  { head: 'What', cell: ({ description, name }) => (description === undefined ? name : `${description}: ${name}`) },
];

interface SlowTask extends SparkTaskFacts {
  readonly stage: string;
}

const MOST_SLOW_TASKS = 40;

function slowTasks(stages: readonly SparkStageFacts[]): Html {
  const slow = stages
    .flatMap((stage): SlowTask[] => (stage.slowest ?? []).map((task) => ({ ...task, stage: stageName(stage) })))
    .sort((a, b) => b.tookMs - a.tookMs)
    .slice(0, MOST_SLOW_TASKS);
  return table(
    'The slowest tasks of these stages',
    [
      { head: 'Task', cell: ({ id }) => id },
      { head: 'Stage', cell: ({ stage }) => stage },
      { head: 'Partition', isNumber: true, cell: ({ index }) => index },
      { head: 'Executor', cell: ({ executor, host }) => `${executor} on ${host}` },
      { head: 'State', cell: ({ state }) => stateCell(state.toLowerCase()) },
      { head: 'Took', isNumber: true, cell: ({ tookMs }) => duration(tookMs) },
      { head: 'Garbage collection', isNumber: true, cell: ({ gcMs }) => duration(gcMs) },
      { head: 'Input', isNumber: true, cell: ({ inputBytes }) => bytes(inputBytes) },
      { head: 'Shuffle read', isNumber: true, cell: ({ shuffleReadBytes }) => bytes(shuffleReadBytes) },
      { head: 'Spill to disk', isNumber: true, cell: ({ diskSpilledBytes }) => bytes(diskSpilledBytes) },
    ],
    slow,
  );
}

const stageTable = (stages: readonly SparkStageFacts[], from: number): Html =>
  table(
    'Stages',
    [
      ...headColumns,
      { head: 'State', cell: ({ state }) => stateCell(state) },
      { head: 'Began after', isNumber: true, cell: ({ startedMs }) => begun(startedMs, from) },
      { head: 'Took', isNumber: true, cell: ({ startedMs, endedMs }) => took(startedMs, endedMs) },
      { head: 'Tasks', isNumber: true, cell: (stage) => tasks(stage.tasks) },
      { head: 'Executor time', isNumber: true, cell: ({ executorMs }) => duration(executorMs) },
      { head: 'Garbage collection', isNumber: true, cell: ({ gcMs }) => duration(gcMs) },
      { head: 'Input', isNumber: true, cell: ({ inputBytes }) => bytes(inputBytes) },
      { head: 'Records in', isNumber: true, cell: ({ inputRecords }) => number(inputRecords) },
      { head: 'Shuffle read', isNumber: true, cell: ({ shuffleReadBytes }) => bytes(shuffleReadBytes) },
      { head: 'Spill, in memory', isNumber: true, cell: ({ memorySpilledBytes }) => bytes(memorySpilledBytes) },
      { head: 'Spill to disk', isNumber: true, cell: ({ diskSpilledBytes }) => bytes(diskSpilledBytes) },
      { head: 'Shuffle write', isNumber: true, cell: ({ shuffleWriteBytes }) => bytes(shuffleWriteBytes) },
      { head: 'Output', isNumber: true, cell: ({ outputBytes }) => bytes(outputBytes) },
      { head: 'Records out', isNumber: true, cell: ({ outputRecords }) => number(outputRecords) },
    ],
    stages,
  );

function failures(stages: readonly SparkStageFacts[]): Html {
  const failed = stages.filter(({ failure }) => failure !== undefined);
  return html`${failed.map(
    (stage) =>
      html`<details open>
        <summary>Why ${stageName(stage)} failed</summary>
        <pre class="text" tabindex="0">${stage.failure}</pre>
      </details> `,
  )}`;
}
