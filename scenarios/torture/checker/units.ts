/** Exact decimals as whole numbers of steps: lots and price increments. */

export type Units = { symbol: string; lotSize: string; priceIncrement: string };

const DECIMALS = 15;

/** `0.007` in steps of `0.001` are 7; NaN for what is no whole number of steps. */
export function wholeSteps(text: string, step: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Number.NaN;
  const [value, size] = [scaled(text), scaled(step)];
  return value % size === 0n ? Number(value / size) : Number.NaN;
}

function scaled(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}
