/** Whether a process lives, and whether it is ready for work, with the reason where it is not. */

export type Health = {
  /** Adds a condition of being ready: what is missing, or undefined. Asked at each request. */
  require(name: string, missing: () => string | undefined): void;
  /** From now on not ready, and why: whoever sends work here is to stop. */
  drain(reason: string): void;
  /** What is missing by its name; empty where all is well. */
  missing(): Readonly<Record<string, string>>;
};

export function createHealth(): Health {
  const conditions = new Map<string, () => string | undefined>();
  let draining: string | undefined;
  return {
    require: (name, missing) => void conditions.set(name, missing),
    drain(reason) {
      draining = reason;
    },
    missing() {
      const missing: Record<string, string> = {};
      if (draining !== undefined) missing.draining = draining;
      for (const [name, ask] of conditions) {
        const reason = ask();
        if (reason !== undefined) missing[name] = reason;
      }
      return missing;
    },
  };
}
