/** A server command runs until Ctrl-C, SIGTERM, or the end of the run that started it. */

export async function untilStopped(): Promise<void> {
  await new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => resolve());
  });
  // It would keep this process alive; closed, a watchdog would take what goes on for a hang.
  process.channel?.unref();
}

/** As `untilStopped`, but after this long at the latest. */
export async function untilOver(afterNs: number | undefined): Promise<void> {
  if (afterNs === undefined) return await untilStopped();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, afterNs / 1e6);
  await Promise.race([untilStopped(), promise]);
  clearTimeout(timer);
}
