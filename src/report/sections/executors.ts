import type { SparkExecutorFacts, SparkFacts } from '../../core/index.js';
import { span } from '../chart-data.js';
import { html, type Html } from '../html.js';
import { chart, table } from '../table.js';
import { bytes, counted, duration, number } from '../words.js';
import { begun } from './jobs.js';

/** How many there were, and what each did. */
export function executorsSection(spark: SparkFacts): Html {
  const executors = spark.executors.filter(({ id }) => id !== 'driver');
  if (spark.executors.length === 0) return html``;
  const { from } = span(spark);
  const removed = executors.filter(({ removedMs }) => removedMs !== undefined).length;
  const said = `${counted(executors.length, 'executor')}${removed > 0 ? `, ${removed} of them removed before the end` : ''}`;
  return html`<section id="executors" aria-labelledby="executors-title">
    <h2 id="executors-title">Executors</h2>
    <p>${said}.</p>
    ${executors.length > 0 && chart('executors', 'Executors that were there', `Executors over time: ${said}`)}
    ${executorTable(spark.executors, from)}
  </section> `;
}

const executorTable = (executors: readonly SparkExecutorFacts[], from: number): Html =>
  table(
    'Executors and driver',
    [
      { head: 'Executor', cell: ({ id }) => id },
      { head: 'Host', cell: ({ host }) => host },
      { head: 'Cores', isNumber: true, cell: ({ cores }) => cores },
      { head: 'Came after', isNumber: true, cell: ({ addedMs }) => begun(addedMs, from) },
      { head: 'Left after', isNumber: true, cell: ({ removedMs }) => begun(removedMs, from) },
      { head: 'Tasks done', isNumber: true, cell: ({ tasksDone }) => number(tasksDone) },
      { head: 'Tasks failed', isNumber: true, cell: ({ tasksFailed }) => number(tasksFailed) },
      { head: 'Task time', isNumber: true, cell: ({ taskMs }) => duration(taskMs) },
      { head: 'Garbage collection', isNumber: true, cell: ({ gcMs }) => duration(gcMs) },
      { head: 'Input', isNumber: true, cell: ({ inputBytes }) => bytes(inputBytes) },
      { head: 'Shuffle read', isNumber: true, cell: ({ shuffleReadBytes }) => bytes(shuffleReadBytes) },
      { head: 'Shuffle write', isNumber: true, cell: ({ shuffleWriteBytes }) => bytes(shuffleWriteBytes) },
      { head: 'Why it left', cell: ({ removedBecause }) => removedBecause },
    ],
    executors,
  );
