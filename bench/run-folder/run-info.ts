/** `run.json`: what a run was, known at its start. */
import { z } from 'zod';

export const runInfoSchema = z.object({
  version: z.literal(1),
  /** The whole configuration, by option. */
  config: z.record(z.string(), z.unknown()),
  seed: z.int(),
  /** Unix nanoseconds of the run's time 0, decimal. */
  originNs: z.string().regex(/^-?\d+$/),
  /** Symbols in the order logs number them. */
  instruments: z.array(z.string()),
  /** Such as `outrider`, `node`, `kernel`. */
  versions: z.record(z.string(), z.string()),
  /** Such as `target`, `draft`: SHA-256, hex. */
  hashes: z.record(z.string(), z.string()),
  /** Side inputs that the target takes; 0: every forecast is of version 0. */
  sideInputs: z.int().min(0).default(0),
  /** Which thread does what, and whether it spins, parks or blocks. */
  threads: z.string(),
});

export type RunInfo = z.output<typeof runInfoSchema>;
