/** Scenarios: the whole system under load and faults, judged by what it leaves behind. */
export { benchEdgeTakeovers, EDGE_LOSSES } from './edge-group/edge-takeover-bench.ts';
export { type RunScenarioOptions, runScenario } from './runner/run-scenario.ts';
export { type StreamsTortureOptions, tortureStreams } from './streams/kill-torture.ts';
export { benchTakeovers } from './takeover-bench.ts';
export { tortureReport } from './torture/report-torture.ts';
export { runTorture, type SubjectName } from './torture/run-torture.ts';
