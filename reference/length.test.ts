/** The reference stays short enough to be read in one sitting: that is what makes it the law. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const LINES_MAX = 800;

it('has at most 800 lines, or nobody could check the product against it by reading', () => {
  const files = readdirSync(import.meta.dirname).filter(
    name => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const lines = files.map(name => {
    const text = readFileSync(`${import.meta.dirname}/${name}`, 'utf8');
    return text.split('\n').length - 1;
  });
  expect(files).toContain('index.ts');
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(LINES_MAX);
});
