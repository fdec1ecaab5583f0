/** What vitest ran is counted in full: files that do not load and errors outside tests as well. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = {
  'counted.test.ts': `
    import { expect, it } from 'vitest';
    it('passes', () => {});
    it('fails', () => expect(1).toBe(2));
    it.skipIf(true)('reads (needs data)', () => {});
    it('notes', context => context.skip('no network'));`,
  'broken.test.ts': `import './absent.ts';`,
  'stray.test.ts': `
    import { it } from 'vitest';
    it('passes', () => { Promise.reject(new Error('stray')); });`,
};

it('counts each outcome once, or the last line would promise too much', async () => {
  // Inside the project, so that vitest is found; ignored by git and by every check.
  mkdirSync(join(ROOT, 'runs'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'runs/tally-'));
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const tallyFile = join(folder, 'tally.json');
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--root', folder];
    const parameters = [...vitest, '--config', join(ROOT, 'vitest.config.ts')];
    const environment = { ...process.env, OUTRIDER_TALLY_FILE: tallyFile };
    const child = spawn(process.execPath, parameters, { cwd: ROOT, env: environment });
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(JSON.parse(readFileSync(tallyFile, 'utf8'))).toEqual({
      passed: 2,
      failed: 3,
      skips: ['counted.test.ts > reads (needs data)', 'counted.test.ts > notes (no network)'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
