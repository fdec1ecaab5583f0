/** A live run whose verifier is stopped in turns; prints the provisional latency of both. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, openEvidence, openSource, runLiveJob, type Script } from '#cli';
import { SECOND_NS } from '#engine';
import { loadNgramPair } from '#models';

const TURNS = Number(process.argv[2] ?? 10);
const TURN_NS = 3 * SECOND_NS;
/** The link takes a moment to be given up, and to be found again: neither state, not counted. */
const SETTLING_NS = SECOND_NS;

type State = 'up' | 'stopped' | 'settling';
const samplesNs: Record<State, number[]> = { up: [], stopped: [], settling: [] };
let state: State = 'up';

const script: Script = {
  lengthNs: TURNS * 2 * (TURN_NS + SETTLING_NS),
  async play({ verifier, clock, timers }) {
    const wait = (ns: number) => new Promise<void>(due => timers.at(clock.nowNs() + ns, due));
    for (let turn = 0; turn < 2 * TURNS - 1; turn++) {
      await wait(TURN_NS);
      const next: State = turn % 2 === 0 ? 'stopped' : 'up';
      state = 'settling';
      verifier.kill(next === 'stopped' ? 'SIGSTOP' : 'SIGCONT');
      await wait(SETTLING_NS);
      state = next;
    }
    await wait(TURN_NS);
    verifier.kill('SIGCONT');
  },
};

const out = join(mkdtempSync(join(tmpdir(), 'outrider-stopped-')), 'run');
const config = loadConfig({ out, json: true });
const source = await openSource(config);
const { originNs, instruments } = source;
const setting = { config, originNs, instruments, ...loadNgramPair() };
const evidence = openEvidence(setting, source);
await runLiveJob({
  ...{ setting, source, script },
  evidence: {
    ...evidence,
    startLatency(clock) {
      const latency = evidence.startLatency(clock);
      return {
        ...latency,
        edge: {
          ...latency.edge,
          provisional(at) {
            latency.edge.provisional(at);
            samplesNs[state].push(at.nowNs - at.injectedNs);
          },
        },
      };
    },
  },
});

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
const summary = (values: number[]) => ({
  count: values.length,
  p10Ns: quantile(values, 0.1),
  p50Ns: quantile(values, 0.5),
  p99Ns: quantile(values, 0.99),
});
console.log(JSON.stringify({ up: summary(samplesNs.up), stopped: summary(samplesNs.stopped) }));
