/**
 * The state machines with all parts real but AWS's own control plane, the functions on each Node that Lambda has: the integration tests of
 * test/integration/workflow*.test.ts, once for each, by AWS's runtime interface client where that can be built.
 */
import { execa } from 'execa';
import { Parser, type Result } from 'tap-parser';
import { fetchNode, type NodeBinary } from '../gate/nodes.js';
import { root } from '../gate/project.js';
import type { Proof } from './proof.js';

const LINES = ['22', '24'];
const files = ['test/integration/workflow.test.ts', 'test/integration/workflow-pipeline.test.ts'];

/** What is to be shown, and the test that shows it, by words of its title. */
const claims: Readonly<Record<string, string>> = {
  'an object starts it, output and success follow': 'an object put into the bucket',
  'a failing job fails it, with its diagnosis': 'a failing job fails it',
  'a function killed, then called twice: one application': 'a submit that is killed',
  'a function stopped at its limit: one application': 'a submit that Lambda stops',
  'Livy killed and restarted: one application, the right outcome': 'a run outlives its Livy',
  'too long: cancelled, and gone at YARN': 'a run that takes too long',
  'a run goes on in another execution': 'a run is handed over',
  'a pipeline over five services fails, is mended, redriven and ends': 'a pipeline fails with a diagnosis',
  'a redrive after a fixed failure is a new attempt': 'a redrive',
};

interface Seen {
  readonly title: string;
  readonly ok: boolean;
}

async function runOn(node: NodeBinary): Promise<{ readonly seen: readonly Seen[]; readonly seconds: number }> {
  const seen: Seen[] = [];
  const parser = new Parser();
  parser.on('assert', ({ name, ok }: Result) => seen.push({ title: name, ok }));
  const start = performance.now();
  const ava = execa('ava', ['--tap', '--config', 'ava.integration.config.js', ...files], {
    cwd: root,
    preferLocal: true,
    stdin: 'ignore',
    reject: false,
    timeout: 2_400_000,
    env: { LIVYWIRE_FUNCTIONS_NODE: node.path },
  });
  const parsed = new Promise((resolve) => parser.on('complete', resolve));
  ava.stdout.pipe(parser);
  await Promise.all([ava, parsed]);
  return { seen, seconds: Math.round((performance.now() - start) / 1_000) };
}

export const proof: Proof = {
  name: 'workflow',
  claim: 'the state machines end as they should, with the functions on each Node that Lambda has, whatever is killed',
  async run(say) {
    const runs = [];
    const missed: string[] = [];
    for (const line of LINES) {
      const node = await fetchNode(line);
      const { seen, seconds } = await runOn(node);
      const shown = Object.entries(claims).map(([claim, words]) => {
        const tests = seen.filter(({ title }) => title.includes(words));
        return { claim, shown: tests.length > 0 && tests.every(({ ok }) => ok) };
      });
      const failed = seen.filter(({ ok }) => !ok).map(({ title }) => title);
      say(`Node ${node.version}: ${shown.filter((one) => one.shown).length} of ${shown.length} shown in ${seconds} s`);
      for (const title of failed) say(`FAILED ${title}`);
      runs.push({ node: node.version, seconds, tests: seen.length, failed, claims: shown });
      missed.push(...shown.filter((one) => !one.shown).map(({ claim }) => `Node ${node.version}: ${claim}`));
    }
    return { figures: { runs }, missed };
  },
};
