/** HTTP GET of a venue's JSON, bounded in time and bytes; what it says of waiting is passed on. */
import { type Nanoseconds, SECOND_NS } from '#engine';

export type HttpAnswer =
  | { kind: 'text'; text: string }
  | { kind: 'failed'; reason: string; retryAfterNs: Nanoseconds | undefined };

const ANSWER_MS = 10_000;
/** The whole list of instruments of a market; a snapshot is smaller. */
const ANSWER_BYTES_MAX = 16 << 20;

/** Never rejects. */
export async function httpGet(url: string): Promise<HttpAnswer> {
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json', 'user-agent': 'outrider' },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      const retryAfterNs = retryAfter(answer.headers.get('retry-after') ?? undefined);
      return { kind: 'failed', reason: `HTTP ${answer.status} of ${url}`, retryAfterNs };
    }
    const text = await boundedText(answer);
    if (text !== undefined) return { kind: 'text', text };
    const reason = `more than ${ANSWER_BYTES_MAX} bytes of ${url}`;
    return { kind: 'failed', reason, retryAfterNs: undefined };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return { kind: 'failed', reason: `${why} (${url})`, retryAfterNs: undefined };
  }
}

async function boundedText(answer: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Seconds, as venues give it; a date is left to the back-off. */
export function retryAfter(header: string | undefined): Nanoseconds | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * SECOND_NS : undefined;
}
