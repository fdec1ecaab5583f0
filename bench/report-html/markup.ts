/** HTML and SVG as tagged templates in which every text is escaped unless it is markup itself. */

export type Markup = { readonly markup: string };

export type MarkupPart = Markup | string | number | undefined | readonly MarkupPart[];

/** A number is written as it is; undefined writes nothing. */
export function markup(strings: TemplateStringsArray, ...parts: MarkupPart[]): Markup {
  let text = strings[0]!;
  for (const [at, part] of parts.entries()) text += textOf(part) + strings[at + 1]!;
  return { markup: text };
}

/** A coordinate: a tenth of a pixel is enough, and keeps the file small. */
export const px = (value: number) => String(Math.round(value * 10) / 10);

function textOf(part: MarkupPart): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(textOf).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe between tags and in quoted attributes. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character]!);
}
