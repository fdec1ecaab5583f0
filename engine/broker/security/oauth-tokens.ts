/** OAuth 2 tokens by client credentials from a token endpoint, fetched before they expire. */

import type { Clock, Timers } from '../../clock.ts';
import { OutriderError } from '../../error.ts';
import { MILLISECOND_NS, SECOND_NS } from '../../nanoseconds.ts';
import { keepSecret, readSecret, type SecretSource } from './secret.ts';

export type OauthOptions = {
  /** Token endpoint, https, or http on loopback. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: SecretSource;
  readonly scope?: string;
  readonly clock: Clock;
  readonly timers: Timers;
};

export type OauthTokens = {
  /** One that is good for a while yet; asked for at each authentication. */
  token(): Promise<string>;
};

const FETCH_MS = 10_000;
const ANSWER_BYTES_MAX = 256 * 1024;
/** Part of a token's life after which the next is fetched: a broker asks at four fifths of it. */
const USED_PART = 0.7;
/** Where the endpoint names no lifetime. */
const LIFETIME_SECONDS_DEFAULT = 300;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

type Fetched = { readonly token: string; readonly goodUntilNs: number };

/** Throws `bad-config` for a URL that would send the secret in the clear. */
export function oauthTokens(options: OauthOptions): OauthTokens {
  const { clock } = options;
  checkUrl(options.url);
  let last: Fetched | undefined;
  let fetching: Promise<Fetched> | undefined;
  return {
    async token() {
      if (last !== undefined && clock.nowNs() < last.goodUntilNs) return last.token;
      // All connections that authenticate at once share one request.
      fetching ??= fetchToken(options).finally(() => {
        fetching = undefined;
      });
      last = await fetching;
      return last.token;
    },
  };
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe =
    parsed?.protocol === 'https:' ||
    (parsed?.protocol === 'http:' && LOOPBACK.has(parsed.hostname));
  if (isSafe && parsed?.username === '' && parsed.password === '') return;
  throw new OutriderError('bad-config', `token url: ${url}; give https:// without credentials`);
}

async function fetchToken(options: OauthOptions): Promise<Fetched> {
  const { url, clientId, clientSecret, scope, clock, timers } = options;
  const startNs = clock.nowNs();
  const secret = readSecret('client secret', clientSecret);
  const credentials = [clientId, secret].map(encodeURIComponent).join(':');
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
  const aborting = new AbortController();
  const alarm = timers.at(startNs + FETCH_MS * MILLISECOND_NS, () => aborting.abort());
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body,
      redirect: 'error',
      signal: aborting.signal,
    });
    const text = await boundedText(answer);
    if (!answer.ok) {
      const remedy = 'check client id, client secret and scope';
      throw failed(url, `answers ${answer.status}; ${remedy}`);
    }
    return readAnswer(url, text, startNs);
  } catch (cause) {
    if (cause instanceof OutriderError) throw cause;
    const reason = aborting.signal.aborted ? `no answer in ${FETCH_MS} ms` : textOf(cause);
    throw new OutriderError('network', `token url ${url}: ${reason}`, { cause });
  } finally {
    alarm.cancel();
  }
}

async function boundedText(answer: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) throw new Error(`more than ${ANSWER_BYTES_MAX} bytes`);
  }
  return text;
}

function readAnswer(url: string, text: string, startNs: number): Fetched {
  let answer: { access_token?: unknown; expires_in?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    throw failed(url, 'answers no JSON; is it a token endpoint?');
  }
  const { access_token: token, expires_in: seconds = LIFETIME_SECONDS_DEFAULT } = answer;
  if (typeof token !== 'string' || token === '') throw failed(url, 'answers no access_token');
  if (typeof seconds !== 'number' || !(seconds > 0)) throw failed(url, 'answers a bad expires_in');
  keepSecret(token);
  return { token, goodUntilNs: startNs + seconds * USED_PART * SECOND_NS };
}

const textOf = (cause: unknown) => {
  const { message, cause: inner } = cause as Error;
  return inner instanceof Error ? `${message}: ${inner.message}` : message;
};

const failed = (url: string, problem: string) =>
  new OutriderError('bad-config', `token url ${url} ${problem}`);
