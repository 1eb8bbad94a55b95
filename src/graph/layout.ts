import { Graph, layout } from '@dagrejs/dagre';

export interface Size {
  readonly width: number;
  readonly height: number;
}
/** A box by its upper left corner. */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Laid extends Size {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly arrows: readonly (readonly Point[])[];
}

/** What is used of dagre: its declarations are written for another way of resolving modules, and come out as any. */
interface LayoutGraph {
  setGraph(label: object): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, size: Size): void;
  setEdge(from: string, to: string): void;
  graph(): Partial<Size>;
  node(name: string): Point;
  edges(): readonly object[];
  edge(edge: object): { readonly points: readonly Point[] };
}
const newGraph = Graph as unknown as new () => LayoutGraph;
const layOut = layout as unknown as (graph: LayoutGraph) => void;

/** Places boxes in rows, so that arrows go down and cross as little as can be. */
export function laidOut(
  sizes: ReadonlyMap<string, Size>,
  arrows: readonly (readonly [from: string, to: string])[],
): Laid {
  const graph = new newGraph();
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 44, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [name, size] of sizes) graph.setNode(name, { ...size });
  for (const [from, to] of arrows) graph.setEdge(from, to);
  layOut(graph);
  const { width = 0, height = 0 } = graph.graph();
  const boxes = [...sizes].map(([name, size]): [string, Box] => {
    const { x, y } = graph.node(name);
    return [name, { ...size, x: x - size.width / 2, y: y - size.height / 2 }];
  });
  return {
    width,
    height,
    boxes: new Map(boxes),
    arrows: graph.edges().map((edge) => graph.edge(edge).points),
  };
}
