/** Figures as people read them; `-` stands for one that does not exist yet. */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,043`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? COUNT.format(count) : '-';
}

/** `80.8 %`, of a figure in percent. */
export function formatPercent(percent: number): string {
  return Number.isFinite(percent) ? `${percent.toFixed(1)} %` : '-';
}

/** How many times larger: `150 x`, `9.3 x`; `-` unless both figures are there. */
export function formatRatio(larger: number | undefined, smaller: number | undefined): string {
  if (larger === undefined || smaller === undefined || !(smaller > 0)) return '-';
  const ratio = larger / smaller;
  if (!Number.isFinite(ratio)) return '-';
  return `${ratio < 9.95 ? ratio.toFixed(1) : formatCount(ratio)} x`;
}

/** With its sign, `+0.12` or `-3`; zero has none. */
export function formatSigned(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '-';
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text;
}
