/** The hot kernels: noise, choice, neural models, in Rust where it was built, else TypeScript. */
export { checkConfig, checkWeights } from './check-weights.ts';
export { type Chooser, type ChooserOptions, createChooser } from './chooser.ts';
export {
  BOOK_LEVELS_MAX,
  LEVELS_STAY,
  STATE,
  STATE_BITS,
  STATE_VALUES,
} from './feature-state.ts';
export { FEATURE_BITS, type FeatureTokens, VIEW, VIEW_VALUES } from './feature-view.ts';
export {
  createFeatures,
  type FeatureOptions,
  type FeatureSessions,
  type Features,
} from './features.ts';
export { NO_TAG, SCAN } from './field-scan-layout.ts';
export { createFieldScan, createFrameScan, type FieldScan, type FrameScan } from './fix-scan.ts';
export { isHeaderTag } from './fix-tags.ts';
export { FRAME, FRAME_KINDS, GARBAGE, MESSAGE_BYTES_MAX } from './frame-scan-layout.ts';
export { KERNEL_ID, type Kernels, TOKENS } from './kernels.ts';
export { type LoadedKernels, loadedKernels, loadKernels } from './load.ts';
export {
  type BoundNeural,
  bindNeural,
  type NeuralOptions,
  type NeuralSession,
  type NeuralTrie,
} from './neural.ts';
export {
  type NeuralShape,
  type NeuralWeights,
  type Tensor,
  type TensorShape,
  tensorShapes,
} from './neural-weights.ts';
export { createNoise, type Noise } from './noise.ts';
export { createOrderEncoder, type OrderEncoder, type OrderInstrument } from './order-encoder.ts';
export { ORDER, ORDER_BYTES_MAX, ORDER_SHAPES, SHAPES } from './order-layout.ts';
export { PLAIN_ORDER, PLAIN_REPORT, PLAIN_REPORT_BYTES_MAX } from './plain-order-layout.ts';
export { createPlainOrders, type PlainOrders } from './plain-orders.ts';
export { randomWeights } from './random-weights.ts';
export { createRecords, type Records, type RecordWrite } from './records.ts';
export type { RingHandle } from './ring-kernels.ts';
export type { CallRisk } from './risk-kernels.ts';
export { openSocket, SOCKET_EVENTS, type Socket } from './socket.ts';
export { TICK_BYTES, TICK_FIELDS, TICK_FLAGS, TICK_KINDS } from './tick-layout.ts';
export { lawLn } from './twins/gumbel.ts';
export { twinKernels } from './twins/kernels.ts';
