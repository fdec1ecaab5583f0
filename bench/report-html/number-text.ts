/** Figures as people read them. */
import type { Nanoseconds } from '#engine';

/** `1,234,567`. */
export const countText = (count: number) => count.toLocaleString('en-US');

/** `842 ns`, `12.3 µs`, `4.56 ms`, `1.23 s`. */
export function durationText(ns: number): string {
  if (ns < 1000) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${threeDigits(ns / 1e3)} µs`;
  if (ns < 1e9) return `${threeDigits(ns / 1e6)} ms`;
  return `${threeDigits(ns / 1e9)} s`;
}

/** A figure of unknown size: whole, or with as many digits as say something. */
export function figureText(value: number): string {
  const size = Math.abs(value);
  const digits = Number.isInteger(value) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  const text = size.toLocaleString('en-US', { maximumFractionDigits: digits });
  return value < 0 ? `−${text}` : text;
}

export const percentText = (share: number) => `${(100 * share).toFixed(1)} %`;

/** `14:05:09`, or `14:05` where seconds do not matter. */
export function clockText(originNs: bigint, timeNs: Nanoseconds, hasSeconds: boolean): string {
  const milliseconds = Number(originNs / 1_000_000n) + timeNs / 1e6;
  return new Date(milliseconds).toISOString().slice(11, hasSeconds ? 19 : 16);
}

export function dateText(originNs: bigint, timeNs: Nanoseconds): string {
  return new Date(Number(originNs / 1_000_000n) + timeNs / 1e6).toISOString().slice(0, 10);
}

const threeDigits = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
