/**
 * What risk said, for people and auditors: `risk.jsonl`, a line for each alert, refusal by a hard
 * limit, and operator's command. The log has the causes; a replay of it says the same again.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatUtcTimestamp, type GatewayEffects } from '#gateway';

export const EVIDENCE_FILE = 'risk.jsonl';

/** Told of the effects of each step; a line that cannot be written is a problem, not an end. */
export function keepEvidence(
  { directory, originNs }: { directory: string; originNs: bigint },
  onProblem: (text: string) => void,
): (effects: GatewayEffects, timeNs: number) => void {
  const path = join(directory, EVIDENCE_FILE);
  let isWhole = true;
  return ({ alerts, refusals, outcomes }, timeNs) => {
    if (alerts.length + refusals.length + outcomes.length === 0 || !isWhole) return;
    const time = formatUtcTimestamp(originNs, timeNs);
    const lines = [
      ...alerts.map(each => lineOf({ time, kind: 'alert', ...each })),
      ...refusals.map(each => lineOf({ time, kind: 'refusal', ...each })),
      ...outcomes.map(each => lineOf({ time, kind: 'operator', ...each })),
    ];
    try {
      appendFileSync(path, lines.join(''));
    } catch (error) {
      isWhole = false;
      onProblem(`${path}: ends here, the log has the rest: ${(error as Error).message}`);
    }
  };
}

/** Money is a whole number too. */
const lineOf = (values: object) =>
  `${JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`;
