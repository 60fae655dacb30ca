import type { Function as FunctionNode, ParamPattern, TSSignature, TSType } from 'oxc-parser';

import { exportedDeclarations, type Declaration } from './declaration.ts';
import { toTable } from './markdown-table.ts';

/** A subpath of a package, and the file that holds its exports. */
export interface Subpath {
  readonly name: string;
  readonly entry: URL;
}

/**
 * The reference of what subpaths export, written from their types and TSDoc. An option without a sentence is an error.
 */
export function toTypeReference(subpaths: readonly Subpath[]): string {
  const described = new Set<string>();
  return subpaths
    .flatMap(({ name, entry }) => {
      const declarations = exportedDeclarations(entry);
      const again = declarations.filter((declaration) => described.has(declaration.name));
      const first = declarations.filter((declaration) => !described.has(declaration.name));
      for (const declaration of first) described.add(declaration.name);
      const also = again.map((declaration) => `\`${declaration.name}\``).join(' and ');
      return [
        `## \`${name}\``,
        ...(also === '' ? [] : [`Also ${also}, see above.`]),
        ...first.map(toSection),
      ];
    })
    .join('\n\n');
}

function toSection(declaration: Declaration): string {
  const { name, node, tsdoc, textOf } = declaration;
  const call = node.type === 'FunctionDeclaration';
  const parts = [
    `### \`${name}${call ? '()' : ''}\``,
    tsdoc.text,
    call ? `\`${signatureOf(name, node, textOf)}\`` : '',
    node.type === 'TSTypeAliasDeclaration' ? `\`type ${name} = ${textOf(node.typeAnnotation)}\`` : '',
    node.type === 'TSInterfaceDeclaration' ? toMembers(declaration, node.body.body) : '',
    tsdoc.throws.length > 0 ? `Throws ${tsdoc.throws.join('; ')}.` : '',
    ...tsdoc.examples,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function toMembers({ name, textOf, tsdocOf }: Declaration, members: readonly TSSignature[]): string {
  const rows = members.flatMap((member) => {
    if (member.type !== 'TSPropertySignature') return [];
    const { text, defaultValue, isInternal } = tsdocOf(member);
    if (isInternal) return [];
    const option = textOf(member.key);
    if (text === '' && /(?:Options|Hooks)$/.test(name)) throw new Error(`${name}.${option} has no sentence`);
    const type = member.typeAnnotation ? typeOf(member.typeAnnotation.typeAnnotation, textOf) : 'unknown';
    const otherwise = defaultValue ?? (member.optional ? 'none' : 'required');
    return [[`\`${option}\``, `\`${type}\``, otherwise, text]];
  });
  return rows.length === 0 ? '' : toTable(['member', 'type', 'default', 'what it is'], rows);
}

/** Without the `undefined` that every optional member may be. */
function typeOf(type: TSType, textOf: Declaration['textOf']): string {
  const alternatives = type.type === 'TSUnionType' ? type.types : [type];
  const [only, ...others] = alternatives.filter((alternative) => alternative.type !== 'TSUndefinedKeyword');
  if (only === undefined) return textOf(type);
  if (others.length > 0) return [only, ...others].map((alternative) => textOf(alternative)).join(' | ');
  return textOf(only.type === 'TSParenthesizedType' ? only.typeAnnotation : only);
}

function signatureOf(
  name: string,
  { params, returnType, typeParameters }: FunctionNode,
  textOf: Declaration['textOf'],
): string {
  const parameters = params.flatMap((parameter) => {
    const pattern: ParamPattern = parameter;
    const annotated = pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
    if (!('typeAnnotation' in annotated) || !annotated.typeAnnotation) return [];
    const called = annotated.type === 'Identifier' ? annotated.name : 'options';
    const optional = pattern.type === 'AssignmentPattern' ? '?' : '';
    return [`${called}${optional}: ${textOf(annotated.typeAnnotation.typeAnnotation)}`];
  });
  const answer = returnType ? `: ${textOf(returnType.typeAnnotation)}` : '';
  const generics = typeParameters ? textOf(typeParameters) : '';
  return `function ${name}${generics}(${parameters.join(', ')})${answer}`;
}
