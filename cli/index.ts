/** What scenarios use of the command: its configuration, and a run without its process. */

export { loadConfig, type RunConfig } from './config.ts';
export { SENDER, TARGET } from './run/comp-ids.ts';
export { type Comparison, compareRun } from './run/compare.ts';
export { openEvidence } from './run/evidence.ts';
export { openExchange } from './run/exchange-feed.ts';
export { gatewayConfig } from './run/gateway-settings.ts';
export { runLiveJob } from './run/live-job.ts';
export type { RunObserver } from './run/observer.ts';
export { hostPairedGateway } from './run/paired-gateway-host.ts';
export { feedRecorded } from './run/recorded-feed.ts';
export { lawDigests, runReferenceOn } from './run/reference.ts';
export { checkReceived } from './run/remote-fix-checker.ts';
export { openTrader, type Trader } from './run/remote-processes.ts';
export { GATEWAY_OPTIONS, startWallGateway, wallTimeOf } from './run/remote-wall-gateway.ts';
export { replayGateway } from './run/replay-logs.ts';
export type { Script } from './run/script.ts';
export type { RunSetting } from './run/settings.ts';
export { openSource } from './run/source.ts';
export { startText } from './run/start-record.ts';
export { pipelineTopics } from './run/topics.ts';
export { runVirtual, type VirtualPorts } from './run/virtual.ts';
