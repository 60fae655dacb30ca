import { readFileSync } from 'node:fs';

import {
  parseSync,
  type Class,
  type Comment,
  type Function as FunctionNode,
  type Statement,
  type TSInterfaceDeclaration,
  type TSTypeAliasDeclaration,
} from 'oxc-parser';

import { parseTsdoc, type Tsdoc } from './tsdoc.ts';

type DeclarationNode = FunctionNode | Class | TSInterfaceDeclaration | TSTypeAliasDeclaration;

/** What a package exports under a name, with what its source says of it. */
export interface Declaration {
  readonly name: string;
  readonly node: DeclarationNode;
  readonly tsdoc: Tsdoc;
  /** The source of a part of it, on one line. */
  readonly textOf: (part: { readonly start: number; readonly end: number }) => string;
  /** The comment in front of a part of it. */
  readonly tsdocOf: (part: { readonly start: number }) => Tsdoc;
}

/** Every function, class and type that an entry file exports again by name, in its order. */
export function exportedDeclarations(entry: URL): readonly Declaration[] {
  return parse(entry).body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source === null) return [];
    const from = new URL(statement.source.value, entry);
    return statement.specifiers.flatMap(({ local }) =>
      local.type === 'Identifier' ? declared(local.name, from) : [],
    );
  });
}

/** Empty for a constant: its value is not for reading. */
function declared(name: string, file: URL): readonly Declaration[] {
  const { source, comments, body } = parse(file);
  const found = body.find(
    (statement) => statement.type === 'ExportNamedDeclaration' && isNamed(statement.declaration, name),
  );
  if (found?.type !== 'ExportNamedDeclaration') throw new Error(`${file.pathname} does not declare ${name}`);
  const node = found.declaration;
  if (!isDocumented(node)) return [];
  const textOf = (part: { readonly start: number; readonly end: number }) =>
    toLine(source.slice(part.start, part.end));
  const tsdocOf = ({ start }: { readonly start: number }) =>
    parseTsdoc(commentBefore(start, source, comments));
  return [{ name, node, tsdoc: tsdocOf(found), textOf, tsdocOf }];
}

/** As the formatter writes it where there is room, without comments. */
function toLine(code: string): string {
  return code
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(^|=> |[<(] ?)\| /g, '$1')
    .replaceAll(/,? ([>)])|([<(]) /g, '$1$2');
}

function parse(file: URL) {
  const source = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file.pathname, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file.pathname}: ${error.message}`);
  return { source, comments, body: program.body };
}

function isDocumented(node: object | null): node is DeclarationNode {
  const kinds = [
    'FunctionDeclaration',
    'ClassDeclaration',
    'TSInterfaceDeclaration',
    'TSTypeAliasDeclaration',
  ];
  return node !== null && 'type' in node && kinds.some((kind) => kind === node.type);
}

function isNamed(node: Statement | null, name: string): boolean {
  if (node === null) return false;
  if (node.type === 'VariableDeclaration')
    return node.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name);
  return isDocumented(node) && node.id?.name === name;
}

function commentBefore(start: number, source: string, comments: readonly Comment[]): string {
  const before = comments.findLast(({ end }) => end <= start);
  const isHere = before !== undefined && source.slice(before.end, start).trim() === '';
  return isHere && before.type === 'Block' ? before.value : '';
}
