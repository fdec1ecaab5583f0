/** What to do where a broker refuses who asks, or is refused: by what TLS and SASL say. */

import { OutriderError } from '../../error.ts';

/** By the code of Node's error, or a word of what the broker says; the first that fits counts. */
const REMEDIES: readonly (readonly [sign: RegExp, remedy: string, isPassing?: true])[] = [
  [/CERT_HAS_EXPIRED/, 'the certificate of the broker has expired: renew it there'],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)|DEPTH_ZERO/,
    'give the authority that signed the certificate of the broker',
  ],
  [/ERR_TLS_CERT_ALTNAME_INVALID/, 'its certificate is for another name: connect by that'],
  [
    /ALERT_(CERTIFICATE_(EXPIRED|UNKNOWN)|UNKNOWN_CA)|alert (certificate unknown|unknown ca)/i,
    'the broker takes our certificate neither for one of its authorities nor for valid: renew it',
  ],
  [
    /(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE)|alert (bad|certificate)/i,
    'the broker asks for a certificate: give ours',
  ],
  [/WRONG_VERSION_NUMBER|verify the broker supports TLS/, 'it speaks no TLS: give no tls settings'],
  [/UNSUPPORTED_SASL_MECHANISM/, 'it does not have this mechanism: choose another'],
  [/invalid_token|expired/i, 'the token is not valid or has expired: fetch a new one'],
  [/ILLEGAL_SASL_STATE|SASL state/i, 'its session ran out: try again', true],
  [/SASL_AUTHENTICATION_FAILED|invalid credentials/i, 'check user and password'],
  // The client forgets that it was answered in TLS; a broker that just died looks the same.
  [
    /Broker requires TLS|Cannot find a suitable SASL mechanism/,
    'closed before we could authenticate: where it speaks TLS, give tls settings',
    true,
  ],
];

export type Refusal = {
  readonly remedy: string;
  /** Only other settings put it right. */
  readonly isFinal: boolean;
};

/** Undefined where the failure is of another kind: a node that is down, a line that broke. */
export function refusalOf(cause: unknown): Refusal | undefined {
  const said = signsOf(cause, 0);
  const found = REMEDIES.find(([sign]) => sign.test(said));
  return found && { remedy: found[1], isFinal: found[2] === undefined };
}

const TEXT_BYTES_MAX = 200;

/** The text by which a broker refuses a token; it comes as an answer without an error. */
export function refusedToken(said: Buffer): OutriderError {
  const text = said.toString('utf8', 0, TEXT_BYTES_MAX);
  const remedy = 'the token is not valid or has expired: fetch a new one';
  return new OutriderError('bad-config', `SASL/OAUTHBEARER: invalid_token: ${text}; ${remedy}`);
}

const DEPTH_MAX = 8;

/** Codes and messages of an error and its causes. */
function signsOf(cause: unknown, depth: number): string {
  if (!(cause instanceof Error) || depth > DEPTH_MAX) return '';
  const { code, message, errors, apiId } = cause as Error & {
    code?: unknown;
    errors?: readonly unknown[];
    apiId?: unknown;
  };
  const inner = [...(errors ?? []), cause.cause].map(each => signsOf(each, depth + 1));
  return [String(code ?? ''), String(apiId ?? ''), message, ...inner].join(' ');
}
