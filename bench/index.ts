/** Evidence: what a run is recorded in, measured with and reported as. */

export type { Findings } from './evidence/findings.ts';
export { createEvidence, type Evidence, type EvidenceOptions } from './evidence.ts';
export { type GcPauses, type GcRecorder, recordGc } from './gc-pauses.ts';
export { edgeLatency } from './latency/edge-latency.ts';
export { type LatencyReading, readLatencyLog } from './latency/read-log.ts';
export {
  createLatencyRecorder,
  type LatencyRecorder,
  type LatencyRecorderOptions,
} from './latency/recorder.ts';
export { type LatencySummary, SEGMENTS, type Segment } from './latency/segment.ts';
export { createReport, type ReportContext } from './report.ts';
export { chart, figure, HALF_PAGE } from './report-html/chart.ts';
export { type Markup, type MarkupPart, markup, px } from './report-html/markup.ts';
export { durationText } from './report-html/number-text.ts';
export { htmlPage } from './report-html/page.ts';
export { linePath, stepPath } from './report-html/path.ts';
export { durationScale, linearScale, type Scale } from './report-html/scale.ts';
export { areaKey, legend, lineKey, seriesClass } from './report-html/series.ts';
export { spanOf } from './report-html/span.ts';
export { type ReportHtmlInput, reportHtml } from './report-html.ts';
export { type Report, reportSchema } from './report-schema.ts';
export type { MessageFile } from './run-folder/message-file.ts';
export type { RunInfo } from './run-folder/run-info.ts';
export {
  createRunFolder,
  furtherOutbound,
  furtherReceived,
  type ReadRunFolder,
  type RunFolder,
  type RunFolderPaths,
  readRunFolder,
} from './run-folder.ts';
export { type Ratio, ratioOf } from './statistics.ts';
