/** Durations as people read them: latencies in ns, us, ms or s, elapsed time as a clock. */

const UNITS = [
  { unit: 'ns', ns: 1 },
  { unit: 'us', ns: 1e3 },
  { unit: 'ms', ns: 1e6 },
  { unit: 's', ns: 1e9 },
] as const;

/** Three significant digits: `143 us`, `21.4 ms`; `-` while there is no figure. */
export function formatNanoseconds(ns: number | undefined): string {
  if (ns === undefined || !Number.isFinite(ns)) return '-';
  // Rounded first, or 999.6 us would become 1000 us.
  const rounded = Number(ns.toPrecision(3));
  const size = Math.abs(rounded);
  const { unit, ns: unitNs } = UNITS.findLast(candidate => size >= candidate.ns) ?? UNITS[0];
  const value = rounded / unitNs;
  if (unitNs === 1) return `${Math.round(value)} ns`;
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

/** `0:12`, `12:34` or `1:02:03`; `-:--` while there is no figure. */
export function formatElapsed(ms: number): string {
  if (!Number.isFinite(ms)) return '-:--';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const minutesAndSeconds = (part: string) => `${part}:${pad(seconds % 60)}`;
  if (minutes < 60) return minutesAndSeconds(String(minutes));
  return `${Math.floor(minutes / 60)}:${minutesAndSeconds(pad(minutes % 60))}`;
}
