/** The gateway: signals become risk-checked FIX orders at a venue. */

export { profitNanos } from './account/account.ts';
export { nanosOf } from './account/amount.ts';
export type { ConversionRate } from './account/conversion.ts';
export {
  type AccountStatement,
  decimalText,
  type StatementLine,
  statementOf,
} from './account/statement.ts';
export { readSchedule } from './calendar/read-schedule.ts';
export type { Zone } from './calendar/zone.ts';
export { type ChainReading, chainOf } from './chain/output-chain.ts';
export { withZones } from './config-zones.ts';
export { parseRates } from './desk-file/currencies.ts';
export {
  checkSymbols,
  DESK_FILE_BYTES_MAX,
  type DeskFile,
  deskTerms,
  parseDeskFile,
} from './desk-file/desk-file.ts';
export { listenEcho } from './echo/echo-acceptor.ts';
export {
  readSessionSettings,
  type SessionSettings,
  unknownSettings,
} from './echo/session-settings.ts';
export {
  clearGatewayEffects,
  createGatewayEffects,
  type GatewayEffects,
} from './effects.ts';
export type { GatewayCommand, GatewayEvent } from './event.ts';
export type { MarketQuote } from './execution/market-quote.ts';
export { quoteIntervals } from './execution/subscription.ts';
export type { ParentNews } from './execution/work.ts';
export { decodeHeader, decodeMessage, encodeMessage, type FixHeader } from './fix/codec.ts';
export { formatDecimal, parseDecimal } from './fix/decimal.ts';
export type { FixConnection, FixHandler } from './fix/fix-connection.ts';
export { createFramer, type Framer, type FramerHandler } from './fix/framer.ts';
export type { ApplicationMessage, FixMessage } from './fix/message.ts';
export { createParser, type FixView, parseMessage, SEQUENCE_MAX } from './fix/parse.ts';
export {
  connectFix,
  type FixAddress,
  listenFix,
  type TlsIdentity,
} from './fix/tcp.ts';
export { formatUtcTimestamp, parseUtcTimestamp } from './fix/timestamp.ts';
export {
  continueGateway,
  createGateway,
  createReplay,
  type Gateway,
  type GatewayPorts,
  type GatewayReplay,
  type Stepped,
  snapshotLayout,
} from './gateway.ts';
export { type ConnectGatewayOptions, connectGateway, type GatewayLink } from './link/connect.ts';
export { type QuoteFeed, quoteFeed } from './link/quote-feed.ts';
export {
  type EdgeDoor,
  type EdgeWelcome,
  type ServeEdgesOptions,
  serveEdges,
} from './link/serve.ts';
export { askControl } from './operator/ask-control.ts';
export { CONTROL_SOCKET, type ControlOrder } from './operator/control-protocol.ts';
export type { OperatorAction } from './operator/operator-command.ts';
export type { OperatorOutcome } from './operator/operator-terms.ts';
export { listRisk, type RiskListing } from './operator/risk-listing.ts';
export { type ControlDoor, serveControl } from './operator/serve-control.ts';
export { publicKeyText, signCommand } from './operator/signed-command.ts';
export { CHILDREN_MAX, endOrder } from './order/desk.ts';
export { wireUnits } from './order/quantity.ts';
export type { OrderRequest } from './order/request.ts';
export type { OrderNews } from './order-news.ts';
export { STATEMENT_BYTES_MAX } from './position-statement.ts';
export type { StepProbe, TimedPart } from './probe.ts';
export {
  createGatewayEncoder,
  GATEWAY_RECORD_BYTES_MAX,
  type GatewayRecord,
  readGatewayRecord,
} from './record.ts';
export type { DayReport } from './records/day-report.ts';
export { countsOf } from './records/day-state.ts';
export { type DropCopy, type DropCopyOptions, serveDropCopy } from './records/drop-copy.ts';
export {
  collectOrders,
  type OrderCollector,
  type OrderCollectorOptions,
  type SteppedRecord,
} from './records/extract-orders.ts';
export {
  type ExtractItem,
  isSealed,
  type LogPlace,
  type OrderExtract,
} from './records/order-extract.ts';
export {
  type Reconciled,
  reconcileExecutions,
} from './records/reconcile-executions.ts';
export { type DayReporter, reportDay } from './records/report-day.ts';
export { CALL as RISK_CALL, INTENT as RISK_INTENT, PART as RISK_PART } from './risk/layout.ts';
export { LIMIT_NAMES, type LimitName, SETTING_NAMES } from './risk/limit-table.ts';
export type { Limits } from './risk/limits.ts';
export { createRisk } from './risk/risk.ts';
export type { RuleName } from './risk/rules.ts';
export type { RiskTopology } from './risk/topology.ts';
export { type JudgedIntent, tracingKernels } from './risk/trace.ts';
export { type Credentials, type SessionConfig, sessionConfig } from './session/config.ts';
export { connectSession, type SessionConnection } from './session/connection.ts';
export { type FileStore, fileStore } from './session/file-store.ts';
export {
  fillCredentials,
  MASKED_CREDENTIALS,
  maskingStream,
} from './session/masked-credentials.ts';
export { memoryStore } from './session/memory-store.ts';
export { opensNs } from './session/period.ts';
export { newSession, type SessionState } from './session/state.ts';
export { stepSession } from './session/step.ts';
export type { SentStore } from './session/store.ts';
export type { Basis, Signal, Style } from './signal.ts';
export {
  isOfLayout,
  type SnapshotMark,
  type StateSnapshot,
} from './snapshot/state-snapshot.ts';
export { askPeer } from './standby/ask-peer.ts';
export { askWitness } from './standby/ask-witness.ts';
export { buildDifference, stepsText } from './standby/build-identity.ts';
export { connectPeer } from './standby/connect-peer.ts';
export { connectWitness, type WitnessLink } from './standby/connect-witness.ts';
export { type Claim, logName, type ReadableLog, tailHash } from './standby/log-identity.ts';
export { checkNodeName } from './standby/node-name.ts';
export type { NodeState, NodeTerms } from './standby/node-state.ts';
export {
  createPair,
  type NodeReport,
  type Pair,
  type PairPorts,
  type StandbyNode,
} from './standby/pair.ts';
export { judgePromotion } from './standby/promotion.ts';
export { servePeers } from './standby/serve-peers.ts';
export { serveWitness } from './standby/serve-witness.ts';
export {
  decodeTopicMessage,
  encodeTopicMessage,
  type TopicMessage,
} from './standby/topic-messages.ts';
export {
  createTopicNode,
  TOPIC_NODE,
  type TopicNode,
  type TopicNodePorts,
} from './standby/topic-node.ts';
export type { OpenTopicWriter, TopicWriterEvents } from './standby/topic-port.ts';
export { linkTerms, TOPIC_TERMS, type WayTerms } from './standby/way-terms.ts';
export { openWitnessLog } from './standby/witness-log.ts';
export {
  deskOf,
  type GatewayConfig,
  type GatewayState,
  isLoggedOn,
  netPositionLots,
  type OrderCounts,
} from './state.ts';
export { knownStepVersion, NEWEST_STEP_VERSION, STEP_VERSIONS } from './step-version.ts';
export { REFERENCE_STRATEGY, type StrategyTerms } from './strategy-terms.ts';
export type { UnusualCounts } from './unusual-counts.ts';
export { SIMA_FLOW, SIMB_FLOW } from './venue/built-in-flows.ts';
export {
  type Counterparty,
  type CounterpartyStatus,
  createCounterparty,
} from './venue/counterparty.ts';
export type { HawkesConfig, HawkesKernel } from './venue/hawkes.ts';
export type { RejectReason, Side, VenueEvent, VenueMarket, VenueOrder } from './venue/market.ts';
export type { OrderFlowConfig } from './venue/order-flow.ts';
export {
  type RecordedInstrument,
  type RecordedMarket,
  recordedMarket,
} from './venue/recorded-market.ts';
export {
  type SimulatedExchange,
  type SimulatedExchangeConfig,
  type SimulatedInstrument,
  simulatedExchange,
} from './venue/simulated-exchange.ts';
export { type VenueCall, venueCallSchema } from './venue/telephone.ts';
export { referenceVenue, type SessionTerms, symbolAt, type VenueTerms } from './venue-terms.ts';
