/** The digests by which runs are compared. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#edge';
import { forecastInts, forecastText } from '#law';
import { createLawDigests, decisionText, type Settled } from './law-digests.ts';

function decisionAt(timeNs: number, verified = true): Decision {
  const wish = {
    style: 'join' as const,
    desiredLots: -30,
    limitIncrements: 138_605,
    midLowHalfIncrements: 277_201,
    midHighHalfIncrements: 277_219,
  };
  const forecastId = () => 'ab'.repeat(16);
  return { instrument: 1, timeNs, verified, forecastId, wish, isSent: false };
}

const textOf = (decision: Decision) =>
  decisionText({ ...decision, forecastId: decision.forecastId() }, 'XAUUSD');

function settledAt(value: number): Settled {
  const forecast = new Int32Array(forecastInts(2)).fill(value);
  return { instrument: 0, forecastId: String(value).padStart(32, '0'), forecast };
}

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

it('writes a decision as the law says (6.6), or no reference could agree with it', () => {
  expect(textOf(decisionAt(86_400_000_000_123))).toBe(
    `86400000000123|XAUUSD|${'ab'.repeat(16)}|join|-30|138605|277201|277219|false`,
  );
});

describe('the digests', () => {
  it('cover every line in its order, however many wait and whenever they are drained', () => {
    const digests = createLawDigests(['EURUSD', 'XAUUSD']);
    const forecasts: string[] = [];
    const decisions: string[] = [];
    for (let n = 0; n < 10_000; n++) {
      digests.settled(settledAt(n));
      digests.decided(decisionAt(n));
      forecasts.push(`${forecastText(settledAt(n).forecastId, settledAt(n).forecast)}\n`);
      decisions.push(`${textOf(decisionAt(n))}\n`);
      if (n % 999 === 0) digests.drain();
    }
    expect(digests.hex().forecasts).toBe(sha256(forecasts.join('')));
    expect(digests.hex().decisions).toBe(sha256(decisions.join('')));
  });

  it('leave out provisional decisions: speed decides which there are', () => {
    const digests = createLawDigests(['EURUSD', 'XAUUSD']);
    digests.decided(decisionAt(1, false));
    expect(digests.hex().decisions).toBe(sha256(''));
  });

  it('take FIX bytes as one stream, and go on after they were read', () => {
    const digests = createLawDigests([]);
    digests.sent(Buffer.from('8=FIX.4.4\u0001'));
    const first = digests.hex().fixOutbound;
    digests.sent(Buffer.from('9=5\u0001'));
    expect(first).toBe(sha256('8=FIX.4.4\u0001'));
    expect(digests.hex().fixOutbound).toBe(sha256('8=FIX.4.4\u00019=5\u0001'));
  });
});
