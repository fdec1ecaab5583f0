/** The live screen says what it should, and never leaves its columns and rows. */

import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveView } from '../run/live-view.ts';
import { renderLiveView } from './render-live-view.ts';
import { sampleView } from './sample-view.ts';
import { displayWidth } from './text-width.ts';

const plain = (view: LiveView, columns = 80, rows = 24) =>
  renderLiveView(view, { columns, rows, color: false });

/** The branches alone, in a terminal wide enough for the label and too narrow for a neighbour. */
const treeLines = (view: LiveView, rows = 24) => {
  const lines = plain(view, 60, rows).map(line => line.trim());
  const first = lines.findIndex(line => line.startsWith('next move of'));
  return lines.slice(first, lines.indexOf('', first));
};

describe('the live screen', () => {
  it('shows in 80 x 24 all that a run is about', () => {
    expect(plain(sampleView())).toEqual([
      ' outrider  recorded, real time                    verifier up, 20 ms round trip',
      ' 0:12 ━━━━━━━━━━━━━━━───────────────────────────────────────────────────── 1:00',
      '',
      ' tick to verified       with branches         without           ratio',
      ' p50                           143 us         21.4 ms           149 x',
      ' p99                           412 us         24.0 ms            58 x',
      ' max                          3.10 ms         41.2 ms            13 x',
      ' hits    80.8 %   655 of 811 moves   2 late   156 provisional   1,043 ticks',
      '',
      ' SIMA: hit, verified beforehand          latency                   p50      p99',
      ' ┬─  +2  ██▉        12.1 %  +0.6 ±1.3    ingest                4.10 us  11.9 us',
      ' ├─  +1  ██████████ 41.2 %  +0.3 ±1.1    draft                 1.43 ms  4.15 ms',
      ' ├─▸ -1  ███████▍   30.4 %  -0.2 ±1.2    verifier              21.9 ms  63.5 ms',
      ' └─  -2  ██▎         9.5 %  -0.6 ±1.4',
      '',
      '',
      '',
      '',
      ' market          mid     spread    lots   slippage vs TWAP, increments',
      ' SIMA        1.38652    0.00012     +40    -0.12 ± 0.31   14 parents',
      ' SIMB       1291.405       0.31     -10   no parent finished yet',
      ' orders   33 sent   20 filled   0 rejected   1 refused   8 cancelled',
      '',
      ' 0:09 link restored',
    ]);
  });

  it('says who counts the orders where that is another process', () => {
    const orders = { countedElsewhere: 'desk.example:4001' };
    const instruments = sampleView().instruments.map(one => ({ ...one, slippage: undefined }));
    const text = plain(sampleView({ orders, instruments }), 80, 24).join('\n');
    expect(text).toContain(' orders   counted by the gateway at desk.example:4001');
    expect(text).toMatch(/SIMA .* fills are known elsewhere/);
    expect(text).not.toMatch(/ sent | filled |no parent finished/);
  });

  it('keeps the figures that matter in 60 x 20', () => {
    const text = plain(sampleView(), 60, 20).join('\n');
    expect(text).toContain('verifier up');
    expect(text).toMatch(/p50 +143 us +21\.4 ms +149 x/);
    expect(text).toContain('80.8 %');
    expect(text).toContain('next move of SIMA: hit');
    expect(text).toMatch(/SIMA +1\.38652 +\+40 +-0\.12 ± 0\.31/);
    expect(text).toContain('33 sent');
    expect(text).toContain('link restored');
  });

  it('stays calm: what a move changes never moves the rows below it', () => {
    const { tree } = sampleView();
    const manyBranches = Array.from({ length: 40 }, (_, index) => ({
      ...tree!.branches[0]!,
      move: `+${index}`,
    }));
    const views = [
      sampleView(),
      sampleView({ tree: undefined, events: [] }),
      sampleView({ tree: { ...tree!, branches: manyBranches, outcome: 'miss' } }),
    ];
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [60, 20],
    ] as const) {
      const places = views.map(view =>
        plain(view, columns, rows).findIndex(line => line.startsWith(' market')),
      );
      expect(new Set(places).size, `${columns} x ${rows}`).toBe(1);
      expect(places[0]).toBeGreaterThan(0);
    }
  });

  it('says before the first records that there is nothing yet, rather than zero', () => {
    const text = plain(sampleView({ latency: [], tree: undefined, moves: 0, hits: 0 })).join('\n');
    expect(text).toMatch(/p50 +- +- +-/);
    expect(text).toMatch(/hits +- /);
    expect(text).toContain('waiting for a first move');
  });

  it.each([
    ['down', 'verifier down'],
    ['own process gone', 'verifier process gone'],
  ] as const)('says at any width that the verifier is %s', (verifier, words) => {
    for (const columns of [30, 60, 120]) {
      const view = sampleView({ verifier, title: 'a very long title '.repeat(9) });
      expect(plain(view, columns)[0]).toContain(words);
    }
  });
});

describe('the branches', () => {
  it.each([
    ['hit', 'next move of SIMA: hit, verified beforehand'],
    ['late', 'next move of SIMA: late, foreseen but unverified'],
    ['miss', 'next move of SIMA: miss, not among the branches'],
  ] as const)('say plainly that the move was a %s', (outcome, words) => {
    const tree = { ...sampleView().tree!, outcome };
    expect(treeLines(sampleView({ tree }))[0]).toBe(words);
  });

  it('mark the taken one without colour and with it', () => {
    const taken = treeLines(sampleView()).filter(line => line.includes('▸'));
    expect(taken).toEqual([expect.stringMatching(/ -1 .*30\.4 %/)]);
    const colored = renderLiveView(sampleView(), { columns: 60, rows: 24, color: true });
    const line = colored.find(text => text.includes('▸'))!;
    expect(line).toContain('\x1b[1;32m─▸ \x1b[0m\x1b[1;32m-1');
    expect(colored.filter(text => text.includes('\x1b[1;32m─▸'))).toHaveLength(1);
  });

  it('stand from the highest move to the lowest, so that bars keep their places', () => {
    const branches = ['-1', '+1 -2', '+1 +1', '-12', '+3'].map(move => ({
      ...{ move, percent: 20, isTaken: false, forecast: '' },
    }));
    const tree = { ...sampleView().tree!, branches };
    const moves = treeLines(sampleView({ tree }), 40)
      .slice(1)
      .map(line => line.slice(4, 9).trim());
    expect(moves).toEqual(['+3', '+1 +1', '+1 -2', '-1', '-12']);
  });

  it('that find no room are counted, the taken one never among them', () => {
    const branches = Array.from({ length: 16 }, (_, index) => ({
      ...{ move: `+${index + 1}`, percent: 16 - index, isTaken: index === 15, forecast: '' },
    }));
    const lines = treeLines(sampleView({ tree: { ...sampleView().tree!, branches } }), 20);
    expect(lines.slice(1).map(line => line.replace(/ +█*[▏▎▍▌▋▊▉]? +/g, ' '))).toEqual([
      '┬─▸ +16 1.0 %',
      '├─ +2 15.0 %',
      '├─ +1 16.0 %',
      '└─ 13 more branches, 104.0 %',
    ]);
  });
});

/** Symbols and events as a hostile feed might name them. */
const nastyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('\x1b[2J', '\x1b]0;x\x07', '\x9b31m', '日本\n円', 'x'.repeat(500), '\r\x08'),
);
const asciiText = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });

function views(text: fc.Arbitrary<string>): fc.Arbitrary<LiveView> {
  const number = fc.oneof(fc.double(), fc.nat(), fc.integer());
  const figures = fc.record({ mean: number, interval: number, parents: fc.nat() });
  const instrument = fc.record({
    ...{ symbol: text, mid: text, spread: text, positionLots: number },
    slippage: fc.option(figures, { nil: undefined }),
  });
  const branch = fc.record({ move: text, percent: number, isTaken: fc.boolean(), forecast: text });
  const outcome = fc.constantFrom('hit' as const, 'late' as const, 'miss' as const);
  const tree = fc.record({ symbol: text, branches: fc.array(branch, { maxLength: 40 }), outcome });
  const segment = fc.oneof(text, fc.constantFrom('tick-to-verified-hit', 'tick-to-verified-miss'));
  const latency = fc.record({ segment, count: fc.nat(), p50: number, p99: number, max: number });
  const orders = { sent: number, filled: number, cancelled: number };
  return fc.record({
    ...{ title: text, elapsedMs: number, durationMs: fc.option(number, { nil: undefined }) },
    verifier: fc.constantFrom('up' as const, 'down' as const, 'own process gone' as const),
    ...{ roundTrip: text, ticks: number, moves: number, hits: number },
    ...{ late: number, provisional: number },
    instruments: fc.array(instrument, { maxLength: 12 }),
    tree: fc.option(tree, { nil: undefined }),
    latency: fc.array(latency, { maxLength: 20 }),
    orders: fc.oneof(
      fc.record({ ...orders, replaced: number, rejected: number, refused: number }),
      fc.record({ countedElsewhere: text }),
    ),
    events: fc.array(text, { maxLength: 12 }),
  });
}

const OWN_COLORS = new RegExp(`${'\x1b'}\\[(0|1|2|3[1236]|1;3[123])m`, 'g');
const sizes = fc.record({ columns: fc.nat(150), rows: fc.nat(60), color: fc.boolean() });

describe('whatever the view holds', () => {
  it('no line exceeds the columns and no frame the rows, or the screen would scroll', () => {
    fc.assert(
      fc.property(views(nastyText), sizes, (view, size) => {
        const lines = renderLiveView(view, size);
        expect(lines.length).toBeLessThanOrEqual(size.rows);
        for (const line of lines) {
          const shown = stripVTControlCharacters(line);
          expect(displayWidth(shown), shown).toBeLessThanOrEqual(size.columns);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the same by plain counting, where every character has one column', () => {
    fc.assert(
      fc.property(views(asciiText), sizes, (view, size) => {
        for (const line of renderLiveView(view, { ...size, color: false })) {
          expect([...line].length, line).toBeLessThanOrEqual(size.columns);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('only our own colours reach the terminal, and none where colours are off', () => {
    fc.assert(
      fc.property(views(nastyText), sizes, (view, size) => {
        for (const line of renderLiveView(view, size)) {
          const rest = size.color ? line.replace(OWN_COLORS, '') : line;
          expect(rest).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 300 },
    );
  });
});
