/** Formats numbers and tables. */

/** Three significant digits. A dash for `undefined`. */
export function number(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
  return String(Number(value.toPrecision(3)));
}

/** A ratio. */
export function times(value: number | undefined): string {
  return value === undefined ? '–' : `${number(value)} ×`;
}

/** Bytes in the largest unit (a power of 1 000) with at least one digit before the point. */
export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  const unit =
    value >= 1e9
      ? ([1e9, 'GB'] as const)
      : value >= 1e6
        ? ([1e6, 'MB'] as const)
        : value >= 1e3
          ? ([1e3, 'KB'] as const)
          : ([1, 'B'] as const);
  return `${number(value / unit[0])} ${unit[1]}`;
}

export function ratio(dividend: number | undefined, divisor: number | undefined): number | undefined {
  return dividend === undefined || divisor === undefined || divisor === 0 ? undefined : dividend / divisor;
}

export interface TableText {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A Markdown table. All columns except the first are numbers, unless `align` is `words`. */
export function markdownTable({ head, rows }: TableText, align: 'numbers' | 'words' = 'numbers'): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 || align === 'words' ? '---' : '---:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
