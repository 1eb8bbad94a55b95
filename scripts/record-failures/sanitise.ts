import { hostname, userInfo } from 'node:os';

/** What a machine shows of itself, and what stands in a fixture instead. */
export type Replacement = readonly [from: string | RegExp, to: string];

const LINES_KEPT = 2_000;
const LONGEST_LINE = 4_000;

/** Of a log what a reader would keep: its end. */
export function bounded(text: string): string {
  const lines = text.split('\n');
  const kept = lines.slice(-LINES_KEPT).map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)); // prettier-ignore
  return kept.join('\n');
}

/** Longer paths first, so that a folder within another one keeps its own name. */
export function sanitiser(own: readonly Replacement[]): (text: string) => string {
  const literal = own.filter((one): one is readonly [string, string] => typeof one[0] === 'string');
  const all: Replacement[] = [
    ...literal.toSorted(([a], [b]) => b.length - a.length),
    ...own.filter(([from]) => typeof from !== 'string'),
    [new RegExp(`\\b${escape(hostname())}\\b`, 'g'), 'ip-10-0-0-11.internal'],
    [/\/tmp\/(?:tmp|result-)[A-Za-z0-9_]{8}\b/g, '/mnt/tmp/work'],
    [/\/(?:root|home\/[^/\s:]+)\/\.pyenv\/versions\/([\d.]+?)\.\d+\/lib\/python[\d.]+/g, '/usr/lib/python$1'],
    [/\/(?:root|home\/[^/\s:]+)\/\.pyenv\/versions\/([\d.]+?)\.\d+\/bin\/python[\d.]*/g, '/usr/bin/python$1'],
    // Who ran it, where Hadoop and Spark say so.
    [new RegExp(`(usercache/|filecache/|staging/|user[:= '"]+|Set\\(|permissions: (?:Set\\()?|acls to: )${escape(userInfo().username)}\\b`, 'g'), '$1hadoop'], // prettier-ignore
    [/\b(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, '10.0.0.11'],
  ];
  return (text) => all.reduce((said, [from, to]) => said.replaceAll(from instanceof RegExp ? from : from, to), text);
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
