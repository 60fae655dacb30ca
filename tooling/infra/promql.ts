/** What a PromQL expression asks for, by the grammar of Prometheus' own editor. */
import { parser } from '@prometheus-io/lezer-promql';

/** One selector: a metric, and the labels that its matchers name. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Where an expression is no PromQL; empty when it is. */
export function errorsOf(expr: string): readonly string[] {
  return nodesOf(expr, ({ type }) => type.isError).map(({ from }) => `at ${from}`);
}

/** Every selector of an expression. */
export function selectorsOf(expr: string): readonly Selector[] {
  return nodesOf(expr, ({ name }) => name === 'VectorSelector').map((node) => toSelector(expr, node));
}

/** How each aggregation groups, its labels; empty where it does not. */
export function groupingsOf(expr: string): readonly (readonly string[])[] {
  return aggregationsOf(expr).map(({ by }) => by);
}

/** Each aggregation: the labels that it leaves, and what it aggregates. */
export function aggregationsOf(
  expr: string,
): readonly { readonly by: readonly string[]; readonly selectors: readonly Selector[] }[] {
  return nodesOf(expr, ({ name }) => name === 'AggregateExpr').map((node) => {
    const grouping = node.getChild('AggregateModifier')?.getChild('GroupingLabels');
    const by = grouping?.getChildren('LabelName').map(({ from, to }) => expr.slice(from, to)) ?? [];
    return { by, selectors: selectorsOf(expr.slice(node.from, node.to)) };
  });
}

/** Metrics of which an expression takes how fast or how much they grow. */
export function growthsOf(expr: string): readonly string[] {
  return nodesOf(expr, ({ name }) => name === 'FunctionCall')
    .map(({ from, to }) => expr.slice(from, to))
    .filter((call) => /^i?(?:rate|increase)\b/.test(call))
    .flatMap((call) => selectorsOf(call).map(({ metric }) => metric));
}

function toSelector(expr: string, node: Node): Selector {
  const text = ({ from, to }: Node) => expr.slice(from, to);
  const metric = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: metric === null ? '' : text(metric),
    labels: matchers.flatMap((matcher) => matcher.getChildren('LabelName').map(text)),
  };
}

function nodesOf(expr: string, isWanted: (node: Node) => boolean): readonly Node[] {
  const found: Node[] = [];
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (isWanted(node)) found.push(node);
    },
  });
  return found;
}
