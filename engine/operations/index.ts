/** What runs a process in production: metrics, health, logs, traces and an orderly end. */
export { createHealth, type Health } from './health.ts';
export { LOG_LEVELS, type Log, type LogLevel, masked, openLog } from './log.ts';
export { createMetrics, type Metrics, type MetricValue } from './metrics.ts';
export {
  type OperationsOptions,
  type OperationsServer,
  serveOperations,
} from './operations-server.ts';
export { type ProcessorMetrics, processorMetrics } from './processor-metrics.ts';
export { openTraces, type Span, type Traces, type TracesOptions } from './traces.ts';
