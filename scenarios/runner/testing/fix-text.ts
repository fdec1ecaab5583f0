/** FIX messages for the tests of checkers, written field by field. */

/** `8=FIX.4.4 | 9=... | fields | 10=...`, lengths and checksum right. */
export function fixText(...fields: readonly `${number}=${string | number}`[]): string {
  const body = fields.map(field => `${field}\u0001`).join('');
  const head = `8=FIX.4.4\u00019=${body.length}\u0001${body}`;
  const sum = [...head].reduce((total, character) => total + character.charCodeAt(0), 0);
  return `${head}10=${String(sum % 256).padStart(3, '0')}\u0001`;
}

/** A new order as a gateway sends it. */
export const newOrder = (number: number, id: string, ...more: `${number}=${string}`[]) =>
  fixText('35=D', `34=${number}`, '52=20261121-10:00:00.000', `11=${id}`, '55=SIMA', ...more);

/** The venue's answer to it. */
export const accepted = (number: number, id: string, execution = `E${number}`) =>
  fixText('35=8', `34=${number}`, `11=${id}`, '150=0', `17=${execution}`);

/** The numbers from `from` to below `to` are not sent again. */
export const gapFill = (from: number, to: number) =>
  fixText('35=4', `34=${from}`, '43=Y', '123=Y', `36=${to}`);
