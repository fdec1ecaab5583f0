/** One offline HTML page: nothing is loaded from anywhere, and no script runs. */
import { type Markup, markup } from './markup.ts';
import { STYLE } from './style.ts';

/** The policy lets in nothing but the styles in the file itself. */
export function htmlPage(title: string, body: Markup): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ markup: STYLE }}</style></head>
<body>${body}</body></html>
`.markup;
}
