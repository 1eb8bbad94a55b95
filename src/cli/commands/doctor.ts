import { type Finding, loadDoctor } from '../../app/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { connectionOptions, outputOptions } from '../options.js';
import { plain } from '../show.js';
import type { Terminal } from '../terminal.js';

const marks = { ok: 'ok', note: 'note', skipped: 'skipped', problem: 'PROBLEM' } as const;
const WIDTH = Math.max(...Object.values(marks).map((mark) => mark.length));
const CHECK_WIDTH = 'history-server'.length;

function paint(level: Finding['level'], text: string, colors: Terminal['paint']): string {
  if (level === 'problem') return colors.red(text);
  if (level === 'note') return colors.yellow(text);
  return level === 'ok' ? colors.green(text) : colors.dim(text);
}

function lines({ check, level, seen, next }: Finding, colors: Terminal['paint']): string[] {
  const indent = ' '.repeat(WIDTH + CHECK_WIDTH + 4);
  return [
    `${paint(level, marks[level].padEnd(WIDTH), colors)}  ${check.padEnd(CHECK_WIDTH)}  ${plain(seen)}`,
    ...(next === undefined ? [] : [`${indent}next: ${plain(next)}`]),
  ];
}

export const doctorCommand = defineCommand({
  name: 'doctor',
  positionals: '',
  describe: 'Check the settings and every server a run needs, with the next step for each finding. Changes nothing.',
  details: [
    '',
    'Exits with 0 when a run can be started, 2 when settings or credentials are wrong, 3 when a server is out of reach.',
  ],
  examples: [
    ['livywire doctor --url http://emr:8998', ''],
    ['livywire doctor --profile prod --json | jq ".findings[] | select(.level==\\"problem\\")"', 'for scripts'],
  ],
  options: { ...connectionOptions, ...outputOptions },
  async run(_args, { out, io, settings, signal }) {
    const diagnoseSettings = await loadDoctor();
    const findings: Finding[] = [];
    for await (const finding of diagnoseSettings(await settings(), { clock: io.clock, signal })) {
      findings.push(finding);
      out.result(...lines(finding, out.paint));
    }
    const problems = findings.filter(({ level }) => level === 'problem');
    const code =
      problems.length === 0
        ? exitCodes.succeeded
        : problems.some(({ fault }) => fault === 'caller')
          ? exitCodes.usage
          : exitCodes.outOfReach;
    out.note(
      problems.length === 0
        ? 'a run can be started'
        : `${problems.length} problem${problems.length === 1 ? '' : 's'} to solve first`,
    );
    out.document({ v: 1, kind: 'health', healthy: problems.length === 0, findings });
    return code;
  },
});
