import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { type Locate, PipelineError, type PipelinePath, type Position } from '../workflow/index.js';

/** A description as it was written, and where in it everything stands. */
export interface PipelineText {
  readonly description: Readonly<Record<string, unknown>>;
  readonly locate: Locate;
}

/**
 * Reads the text of a description: YAML, of which JSON is a part.
 * @param source what to call it: the file's name
 * @throws PipelineError for every place at which it is no YAML
 */
export function readPipelineText(text: string, source: string): PipelineText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({ path: '', message, ...positionAt(pos[0]) }));
    throw new PipelineError(problems, source);
  }
  const locate: Locate = (path, what) => {
    const node = nodeAt(document, path, what);
    const start = node?.range?.[0];
    return start === undefined ? undefined : positionAt(start);
  };
  return { description: document.toJS() as PipelineText['description'], locate };
}

function nodeAt(document: Document, path: PipelinePath, what: 'name' | 'value'): Node | undefined {
  let node: Node | null | undefined = document.contents;
  for (const [i, part] of path.entries()) {
    const isLast = i === path.length - 1;
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) return undefined;
      const value = pair.value as Node | null;
      node = isLast && (what === 'name' || value === null) ? (pair.key as Node) : value;
    } else if (isSeq(node)) node = node.items[Number(part)] as Node | undefined;
    else return undefined;
  }
  return node ?? undefined;
}
