/** The sleeping thread that says what the host does by itself. */
import { expect, it } from 'vitest';
import { startIdleJitter } from './idle-jitter.ts';

it('tells how late each wait ended since it was last read, or load would not show', async () => {
  const jitter = startIdleJitter();
  try {
    const first = await jitter.read();
    const second = await jitter.read();
    for (const { count, p50, max } of [first, second]) {
      expect(count).toBeGreaterThan(0);
      expect(max).toBeGreaterThanOrEqual(p50);
    }
    expect(second.count).toBeLessThan(first.count + 1000);
  } finally {
    await jitter.close();
  }
});
