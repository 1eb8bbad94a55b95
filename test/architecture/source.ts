/** Reads what a TypeScript file imports and which globals it touches, without running it. */
import { posix } from 'node:path';
import ts from 'typescript';

export type ImportKind = 'value' | 'type' | 'on demand';

export interface Import {
  /** A file of the tree (`core/index.ts`), a path that leaves it (`../package.json`), or a package (`axios`, `node:fs`). */
  readonly target: string;
  readonly kind: ImportKind;
}

export interface SourceFile {
  /** Relative to src, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Free names used as values that this project keeps in a few files. */
  readonly globals: ReadonlySet<string>;
  readonly exportsAll: boolean;
}

const WATCHED = new Set(['process', 'console']);

function resolve(from: string, specifier: string, files: ReadonlySet<string>): string {
  if (!specifier.startsWith('.')) return specifier;
  const path = posix.join(posix.dirname(from), specifier);
  const source = path.replace(/\.js$/, '.ts');
  return files.has(source) ? source : path;
}

function importKind(node: ts.ImportDeclaration | ts.ExportDeclaration): ImportKind {
  if (ts.isExportDeclaration(node)) {
    const clause = node.exportClause;
    const named = clause !== undefined && ts.isNamedExports(clause) ? clause.elements : undefined;
    return node.isTypeOnly || (named !== undefined && named.length > 0 && named.every((one) => one.isTypeOnly))
      ? 'type'
      : 'value';
  }
  const clause = node.importClause;
  if (clause === undefined) return 'value'; // for its effects
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return 'type';
  const bindings = clause.namedBindings;
  const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : undefined;
  return clause.name === undefined && named !== undefined && named.length > 0 && named.every((one) => one.isTypeOnly)
    ? 'type'
    : 'value';
}

/** `process` in `process.env` or `globalThis.process`, but not in `{ process: 1 }` or `child.process`. */
function isFreeName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return parent.expression.getText() === 'globalThis';
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent))
    return parent.name !== node && (!ts.isBindingElement(parent) || parent.propertyName !== node);
  return !(
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isParameter(parent) ||
    ts.isQualifiedName(parent)
  );
}

function readSource(path: string, text: string, files: ReadonlySet<string>): SourceFile {
  const imports: Import[] = [];
  const globals = new Set<string>();
  let exportsAll = false;
  const add = (specifier: ts.Node | undefined, kind: ImportKind): void => {
    if (specifier && ts.isStringLiteralLike(specifier))
      imports.push({ target: resolve(path, specifier.text, files), kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importKind(node));
    else if (ts.isExportDeclaration(node)) {
      exportsAll ||= node.exportClause === undefined || ts.isNamespaceExport(node.exportClause);
      add(node.moduleSpecifier, importKind(node));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], 'on demand');
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'type');
    else if (ts.isIdentifier(node) && WATCHED.has(node.text) && isFreeName(node)) globals.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  for (const { target } of imports) {
    const name = target.replace(/^node:/, '');
    if (WATCHED.has(name)) globals.add(name);
  }
  return { path, text, imports, globals, exportsAll };
}

/** The whole tree, from its files' texts. */
export function readTree(texts: Readonly<Record<string, string>>): readonly SourceFile[] {
  const files = new Set(Object.keys(texts));
  return Object.entries(texts).map(([path, text]) => readSource(path, text, files));
}
