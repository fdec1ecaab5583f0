/** A server command runs until Ctrl-C, SIGTERM, or the end of the run that started it. */

export async function untilStopped(): Promise<void> {
  await new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => resolve());
  });
  // The channel to the parent would keep this process alive.
  if (process.connected) process.disconnect();
}
