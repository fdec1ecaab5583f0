/** ExecIDs (17) that have been booked: a fill that is told twice is one fill. */

/** By venue index, ClOrdID and ExecID, the oldest first. */
export type SeenExecutions = Map<string, number>;

/** Later ones push the oldest out; a venue repeats what it has just said, or never. */
export const SEEN_EXECUTIONS_MAX = 16_384;

/** False where it was seen before. */
export function noteExecution(seen: SeenExecutions, key: string): boolean {
  if (seen.has(key)) return false;
  seen.set(key, 0);
  if (seen.size > SEEN_EXECUTIONS_MAX) {
    for (const oldest of seen.keys()) {
      seen.delete(oldest);
      break;
    }
  }
  return true;
}
