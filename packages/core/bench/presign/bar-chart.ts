/** A bar chart as SVG, readable on light and dark pages. */
const width = 760;
const labels = 290;
const row = 30;
const top = 58;

/** One bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Ours is told apart by colour and by weight. */
  readonly ours: boolean;
}

/** Horizontal bars from zero on one linear scale, each with its value. */
export function toBarChart(title: string, note: string, bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = top + bars.length * row + 12;
  const drawn = bars.map(({ name, value, ours }, index) => {
    const y = top + index * row;
    const length = Math.max(1.5, (value / longest) * (width - labels - 90));
    const kind = ours ? 'ours' : 'peer';
    return [
      `  <text class="${kind}" x="${labels - 10}" y="${y + 15}" text-anchor="end">${escape(name)}</text>`,
      `  <rect class="${kind}" x="${labels}" y="${y + 2}" width="${length.toFixed(1)}" height="18" rx="2"/>`,
      `  <text class="${kind}" x="${(labels + length + 8).toFixed(1)}" y="${y + 15}">${format(value)}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    text.ours { font-weight: 700 }
    .title { font-size: 16px; font-weight: 700 }
    .note { fill: #59636e }
    rect.peer { fill: #afb8c1 }
    rect.ours { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .note { fill: #9198a1 }
      rect.peer { fill: #59636e }
      rect.ours { fill: #4493f8 }
    }
  </style>
  <text class="title" x="10" y="22">${escape(title)}</text>
  <text class="note" x="10" y="42">${escape(note)}</text>
${drawn.join('\n')}
</svg>
`;
}

function format(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
