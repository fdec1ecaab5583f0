/** Whether a value is spelled as its FIX 4.4 data type asks. */
import { isUtcTimestamp } from '../timestamp.ts';

const WHOLE = /^\d{1,18}$/;
const INTEGER = /^-?\d{1,18}$/;
const DECIMAL = /^-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})$/;
const DATE = /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
const MONTH = /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]|w[1-5])?$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{3})?$/;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  INT: text => INTEGER.test(text),
  LENGTH: text => WHOLE.test(text),
  NUMINGROUP: text => WHOLE.test(text),
  SEQNUM: text => WHOLE.test(text),
  AMT: text => DECIMAL.test(text),
  FLOAT: text => DECIMAL.test(text),
  PERCENTAGE: text => DECIMAL.test(text),
  PRICE: text => DECIMAL.test(text),
  PRICEOFFSET: text => DECIMAL.test(text),
  QTY: text => DECIMAL.test(text),
  BOOLEAN: text => text === 'Y' || text === 'N',
  CHAR: text => text.length === 1,
  LOCALMKTDATE: text => DATE.test(text),
  MONTHYEAR: text => MONTH.test(text),
  UTCDATEONLY: text => DATE.test(text),
  UTCTIMEONLY: text => TIME.test(text),
  UTCTIMESTAMP: isUtcTimestamp,
};

/** Types that are texts, such as `STRING`, `DATA` or `EXCHANGE`, take any value. */
export function isWellFormed(type: string, text: string): boolean {
  return FORMATS[type]?.(text) ?? true;
}
