/** What a run shows while it runs: a screen on a terminal, lines in a pipe, events with --json. */
import { type Clock, MILLISECOND_NS, SECOND_NS, type Timers } from '#engine';
import type { RunConfig } from '../config.ts';
import { formatNanoseconds } from '../view/format-time.ts';
import { plainLines } from '../view/plain-lines.ts';
import { renderLiveView } from '../view/render-live-view.ts';
import { terminalAbility } from '../view/terminal-ability.ts';
import { createTerminalScreen } from '../view/terminal-screen.ts';
import { createBranchView } from './branch-view.ts';
import type { Evidence } from './evidence.ts';
import type { LiveRun } from './live.ts';
import type { LiveView } from './live-view.ts';
import type { Source } from './source.ts';

export type Display = {
  start(run: LiveRun, endNs: number): void;
  /** Something worth a line, with its time in front. */
  event(text: string): void;
  close(): void;
};

const SCREEN_NS = 200 * MILLISECOND_NS;
const LINES_NS = SECOND_NS;
const EVENTS_MAX = 50;

export function createDisplay(parts: {
  config: RunConfig;
  source: Source;
  evidence: Evidence;
  clock: Clock;
  timers: Timers;
}): Display {
  const { config, evidence, clock, timers } = parts;
  const { isScreen, color } = terminalAbility(process.stdout, process.env);
  const events: string[] = [];
  const branchView = createBranchView(evidence.draft);
  let startNs = clock.nowNs();
  let screen: ReturnType<typeof createTerminalScreen> | undefined;
  let previous: LiveView | undefined;
  let isClosed = false;
  let show = () => {};

  const turn = () => {
    if (isClosed) return;
    show();
    timers.at(clock.nowNs() + (isScreen ? SCREEN_NS : LINES_NS), turn);
  };

  return {
    start(run, endNs) {
      startNs = clock.nowNs();
      if (config.json) return;
      if (isScreen) screen = createTerminalScreen(process.stdout);
      show = () => {
        const view = viewOf(parts, {
          run,
          startNs,
          endNs,
          events,
          tree: branchView(run.edge.state),
        });
        if (screen !== undefined) screen.draw(size => renderLiveView(view, { ...size, color }));
        else for (const line of plainLines(view, previous)) console.log(line);
        previous = view;
      };
      turn();
    },
    event(text) {
      const line = `${elapsed(clock.nowNs() - startNs)} ${text}`;
      // Standard output is for the report alone.
      if (config.json) console.error(line);
      events.push(line);
      if (events.length > EVENTS_MAX) events.shift();
    },
    close() {
      if (isClosed) return;
      if (!config.json && previous !== undefined) show();
      isClosed = true;
      screen?.close();
    },
  };
}

function elapsed(ns: number): string {
  const seconds = Math.max(0, Math.floor(ns / SECOND_NS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function viewOf(
  { config, source, evidence, clock }: Parameters<typeof createDisplay>[0],
  at: { run: LiveRun; startNs: number; endNs: number; events: string[]; tree: LiveView['tree'] },
): LiveView {
  const { run, startNs, endNs, events, tree } = at;
  const { counts, instruments } = run.edge.state;
  return {
    title: titleOf(source, config),
    elapsedMs: (clock.nowNs() - startNs) / MILLISECOND_NS,
    durationMs: Number.isFinite(endNs) ? (endNs - startNs) / MILLISECOND_NS : undefined,
    verifier: run.isVerifierUp ? 'up' : 'down',
    roundTrip:
      config.verifier === undefined
        ? `${config.roundTripMs} ms`
        : formatNanoseconds(run.verifierRoundTripNs),
    ...{ ticks: counts.ticks, moves: counts.moves, hits: counts.hits, late: counts.late },
    provisional: counts.provisional,
    instruments: instruments.map((state, index) => ({
      symbol: state.context.symbol,
      mid: evidence.midText(index, state.quote),
      spread: String(
        state.quote === undefined ? '' : state.quote.askIncrements - state.quote.bidIncrements,
      ),
      positionLots: state.positionLots,
      slippage: evidence.slippageOf(index),
    })),
    tree,
    latency: evidence.latencies(),
    orders: ordersOf(run, config),
    events: [...events],
  };
}

function titleOf({ kind }: Source, { speed, feed }: RunConfig): string {
  switch (kind) {
    case 'simulated':
      return 'built-in exchange';
    case 'recorded':
      return `recorded at ${speed} x speed`;
    case 'remote':
    case 'exchange':
      return `feed of ${feed}`;
  }
}

function ordersOf({ gateway }: LiveRun, config: RunConfig): LiveView['orders'] {
  if (gateway.state === undefined) return { countedElsewhere: config.gateway! };
  const { refused: byRule, ...counts } = gateway.state.counts;
  const refused = Object.values(byRule).reduce((sum, n) => sum + n, 0);
  return { ...counts, refused };
}
