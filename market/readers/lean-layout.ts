/** Recognises the form of recorded rows from their content, and the decimals their numbers have. */

/**
 * The three forms of Lean's tick files, told apart by their number of columns.
 *
 *   3  pair   ms, bid, ask
 *   8  sides  ms, bid, bid size, ask, ask size, venue, condition, suspicious  (one side a row)
 *   6  trade  ms, price, size, venue, condition, suspicious
 */
export type LeanForm = 'pair' | 'sides' | 'trade';

export type LeanLayout = {
  form: LeanForm;
  /** Decimals by which prices are written too large: 4 for equities (times 10,000), else 0. */
  priceShift: number;
  /** Most decimals seen in a price, after the shift, and in a size. */
  priceDecimals: number;
  sizeDecimals: number;
};

/** Rows looked at before a layout is settled. */
export const LAYOUT_ROWS_MAX = 1000;

const EQUITY_SHIFT = 4;

export const FORM_COLUMNS = { pair: 3, sides: 8, trade: 6 } as const;
const PRICES = { pair: [1, 2], sides: [1, 3], trade: [1] } as const;
const SIZES = { pair: [], sides: [2, 4], trade: [2] } as const;
const FORMS = ['pair', 'sides', 'trade'] as const;

/** At most 15 digits, as many as a price may have. */
const NUMBER = /^-?(?=[\d.]{1,16}$)\d+(?:\.\d+)?$/;

/**
 * The layout most of the rows have; undefined when none fits any.
 * Sides and trades whose prices all lack a point are equities, unless they are futures.
 */
export function detectLayout(
  rows: readonly string[],
  options: { future: boolean },
): LeanLayout | undefined {
  const fitting = FORMS.map(form => ({ form, rows: rowsOfForm(rows, form) }));
  fitting.sort((a, b) => b.rows.length - a.rows.length);
  const { form, rows: fields } = fitting[0]!;
  if (fields.length === 0) return undefined;
  const prices = columns(fields, PRICES[form]);
  const scaled = form !== 'pair' && !options.future && !prices.some(price => price.includes('.'));
  return {
    form,
    priceShift: scaled ? EQUITY_SHIFT : 0,
    priceDecimals: Math.max(...prices.map(scaled ? decimalsOfScaled : decimalsOf)),
    sizeDecimals: Math.max(0, ...columns(fields, SIZES[form]).map(decimalsOf)),
  };
}

function rowsOfForm(rows: readonly string[], form: LeanForm): string[][] {
  return rows
    .map(row => row.split(',', FORM_COLUMNS.sides + 1))
    .filter(fields => fields.length === FORM_COLUMNS[form])
    .filter(fields => [0, ...PRICES[form], ...SIZES[form]].every(at => NUMBER.test(fields[at]!)));
}

function columns(rows: readonly string[][], wanted: readonly number[]): string[] {
  return rows.flatMap(fields => wanted.map(at => fields[at]!));
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function decimalsOfScaled(text: string): number {
  const trailingZeros = /0*$/.exec(text)![0].length;
  return Math.max(0, EQUITY_SHIFT - trailingZeros);
}
