/** Digests of what the law fixes: settled forecasts, decisions on them, and FIX bytes. */
import { createHash } from 'node:crypto';
import type { Decision } from '#edge';
import { type Forecast, forecastText } from '#law';

export type Settled = { instrument: number; forecastId: string; forecast: Forecast };

export type DigestedDecision = Pick<Decision, 'instrument' | 'timeNs' | 'wish' | 'isSent'> & {
  forecastId: string;
};

export type LawDigests = {
  settled(settled: Settled): void;
  /** Provisional decisions do not enter: which there are depends on speed. */
  decided(decision: Decision): void;
  sent(bytes: Uint8Array): void;
  /** Digests what waits, which the thread of a tick may do once the tick is through. */
  drain(): void;
  /** SHA-256, hex, of all so far. */
  hex(): { forecasts: string; decisions: string; fixOutbound: string };
};

/** Forecasts or decisions that wait at most; the next drains first. */
const WAITING_MAX = 4096;

export function createLawDigests(symbols: readonly string[]): LawDigests {
  const forecasts = createHash('sha256');
  const decisions = createHash('sha256');
  const fixOutbound = createHash('sha256');
  const waitingForecasts: Settled[] = [];
  const waitingDecisions: DigestedDecision[] = [];
  const drain = () => {
    for (const { forecastId, forecast } of waitingForecasts) {
      forecasts.update(`${forecastText(forecastId, forecast)}\n`, 'latin1');
    }
    for (const decision of waitingDecisions) {
      decisions.update(`${decisionText(decision, symbols[decision.instrument]!)}\n`, 'latin1');
    }
    waitingForecasts.length = 0;
    waitingDecisions.length = 0;
  };
  return {
    settled(settled) {
      if (waitingForecasts.length === WAITING_MAX) drain();
      waitingForecasts.push(settled);
    },
    decided(decision) {
      if (!decision.verified) return;
      if (waitingDecisions.length === WAITING_MAX) drain();
      // The edge can name a forecast only as long as its context stands.
      const { instrument, timeNs, wish, isSent } = decision;
      const forecastId = decision.forecastId();
      waitingDecisions.push({ instrument, timeNs, forecastId, wish, isSent });
    },
    sent: bytes => void fixOutbound.update(bytes),
    drain,
    hex() {
      drain();
      return {
        forecasts: forecasts.copy().digest('hex'),
        decisions: decisions.copy().digest('hex'),
        fixOutbound: fixOutbound.copy().digest('hex'),
      };
    },
  };
}

/** The text of docs/law.md, 6.6. */
export function decisionText(decision: DigestedDecision, symbol: string): string {
  const { timeNs, forecastId, wish, isSent } = decision;
  const { style, desiredLots, limitIncrements, midLowHalfIncrements, midHighHalfIncrements } = wish;
  const wished = [style, desiredLots, limitIncrements, midLowHalfIncrements, midHighHalfIncrements];
  return [timeNs, symbol, forecastId, ...wished, isSent].join('|');
}
