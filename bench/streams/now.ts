/** The clock of a benchmark: the process that offers the load also meters what comes of it. */

/** Nanoseconds, monotonic. */
export const nowNs = () => performance.now() * 1e6;
