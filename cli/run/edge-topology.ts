/** The edge as a topology: ticks in; states, forecasts and signals out, with what they rest on. */
import { crc32 } from 'node:zlib';
import {
  type ForecastRecord,
  forecastSchema,
  type MarketState,
  marketStateSchema,
  type Parent,
  type ParentRecord,
  parentSchema,
  type SignalRecord,
  type StateRecord,
  signalSchema,
  stateSchema,
} from '#edge';
import { OutriderError } from '#engine';
import { boundedKey, ofSchema, type Schema, type TopicSchema } from '#engine/schema';
import {
  type Codec,
  keyless,
  type ProcessContext,
  type ProcessFunctions,
  type Topology,
  text,
  topic,
  topologyBuilder,
} from '#engine/streams';
import {
  type BookChanges,
  type BookLevels,
  bookChangesSchema,
  bookLevelsSchema,
  createKeptBook,
  type FeatureState,
  featureStateSchema,
  hasKeptBook,
  instrumentSchema,
  type KeptBook,
  type KeptFeatures,
  type MarketFeatures,
  type TopicTick,
  tickSchema,
} from '#market';
import { type PipelineTopicName, topicName } from './topics.ts';

/** A tick with its bytes, of which the check is made. */
export type CheckedTick = TopicTick & { readonly bytes: Uint8Array };

/** What an instrument's task keeps of it in memory while the instrument is its own. */
export type Holding = {
  readonly symbol: string;
  readonly instrument: number;
  readonly partition: number;
  ticks: number;
  check: number;
  sequence: number;
  timeMs: number;
  readonly book: KeptBook;
  /** Parent order that the last commit has, or this one. */
  parent: Parent | undefined;
  /** Ticks were taken that no commit has. */
  isDirty: boolean;
  /** What became of them and is to leave with the next commit. */
  readonly news: EdgeNews[];
};

export type EdgeNews =
  | { readonly kind: 'state'; readonly record: StateRecord }
  | { readonly kind: 'forecast'; readonly record: ForecastRecord }
  | { readonly kind: 'signal'; readonly record: SignalRecord };

/** The edge of this process as the tasks of its topology see it. */
export type EdgeDesk = {
  /** Among the members of the group. */
  readonly name: string;
  /** Undefined for a symbol that is not in the table. */
  instrumentOf(symbol: string): number | undefined;
  /** Ticks of a symbol go to the dead letters, for this reason. */
  refused(symbol: string, reason: string): void;
  /** From now on the instrument is the holding's; `kept` is what was known of it. */
  begin(holding: Holding, kept: Kept): void;
  /** The tick waits for the turn's end: the edge takes a batch at once. */
  take(holding: Holding, tick: CheckedTick): void;
  /** The edge takes what waits. */
  flush(): void;
  market(instrument: number): MarketState;
  readonly features: Pick<MarketFeatures, 'state' | 'levels'>;
  /** The parent order that the instrument has begun since the holding's last; else undefined. */
  newParent(holding: Holding): ParentRecord | undefined;
};

/** What the store of a group has of an instrument. */
export type Kept = {
  readonly market: MarketState | undefined;
  readonly features: KeptFeatures | undefined;
  readonly parent: ParentRecord | undefined;
};

export type EdgeTopologyOptions = {
  /** Of the group. */
  readonly name: string;
  /** Of the topics. */
  readonly prefix: string;
  readonly originNs: bigint;
};

/** What is checked before the edge starts: a topic of another program stops it. */
export function edgeTopicSchemas({ prefix, originNs }: EdgeTopologyOptions): TopicSchema[] {
  const named = (name: PipelineTopicName) => topicName(prefix, name);
  return [
    { topic: named('ticks'), schema: tickSchema(originNs) },
    { topic: named('instruments'), schema: instrumentSchema },
    { topic: named('edge-state'), schema: stateSchema },
    { topic: named('forecasts'), schema: forecastSchema },
    { topic: named('signals'), schema: signalSchema },
  ];
}

/** More than the symbol of any instrument has: what is longer is none of them. */
const SYMBOL_BYTES_MAX = 256;

export function edgeTopology(options: EdgeTopologyOptions, desk: EdgeDesk): Topology {
  const { name, prefix, originNs } = options;
  const { checkHeaders } = ofSchema(tickSchema(originNs));
  const ticks = topic({
    ...{
      name: topicName(prefix, 'ticks'),
      key: boundedKey(SYMBOL_BYTES_MAX),
      value: checkedTick(originNs),
    },
    checkHeaders,
  });
  const builder = topologyBuilder({ name, deadLetterTopic: topicName(prefix, 'dead-letters') });
  const news = builder.stream(ticks).process({
    name: 'edge',
    states: {
      market: { value: marketStateSchema.codec },
      features: { value: featureStateSchema.codec },
      levels: { value: bookLevelsSchema.codec },
      changes: { value: bookChangesSchema.codec },
      parent: { value: parentSchema.codec },
      latest: { value: stateSchema.codec },
    },
    output: NEWS,
    open: partition => edgeFunctions(desk, partition),
  });
  const { states, forecasts, signals } = news.branch({
    states: ({ kind }) => kind === 'state',
    forecasts: ({ kind }) => kind === 'forecast',
    signals: ({ kind }) => kind === 'signal',
  });
  const sink = <Record>(output: PipelineTopicName, schema: Schema<Record>) => {
    const { value, headers } = ofSchema(schema);
    return topic({ name: topicName(prefix, output), key: text, value, headers });
  };
  const recordOf = <Record>({ record }: EdgeNews) => record as Record;
  states.mapValues(recordOf<StateRecord>).to(sink('edge-state', stateSchema));
  forecasts.mapValues(recordOf<ForecastRecord>).to(sink('forecasts', forecastSchema));
  signals.mapValues(recordOf<SignalRecord>).to(sink('signals', signalSchema));
  return builder.build();
}

/** News stay within a task: nothing of them is encoded before they are parted. */
const NEWS = keyless as unknown as Codec<EdgeNews>;

function checkedTick(originNs: bigint): Codec<CheckedTick> {
  const { codec } = tickSchema(originNs);
  return {
    name: codec.name,
    encode: value => codec.encode(value),
    decode: bytes => ({ ...codec.decode(bytes), bytes: bytes.slice() }),
  };
}

type States = {
  market: MarketState;
  features: FeatureState;
  /** Of the book, and what has become of them since. */
  levels: BookLevels;
  changes: BookChanges;
  parent: ParentRecord;
  latest: StateRecord;
};
type Context = ProcessContext<EdgeNews, States>;

/** Of one task: an instrument is its own from the first tick that it takes of it. */
function edgeFunctions(
  desk: EdgeDesk,
  partition: number,
): ProcessFunctions<string, CheckedTick, States, EdgeNews> {
  const holdings = new Map<string, Holding>();
  const hold = (symbol: string, { states }: Context): Holding => {
    const instrument = desk.instrumentOf(symbol);
    if (instrument === undefined) {
      const reason = unknownReason(symbol);
      desk.refused(symbol, reason);
      throw new OutriderError('bad-data', reason);
    }
    const { ticks = 0, check = 0, sequence = 0, timeMs = 0 } = states.latest.get() ?? {};
    const known = { symbol, instrument, partition, ticks, check, sequence, timeMs };
    const kept = keptIn(states);
    const book = createKeptBook(hasKeptBook(kept.features));
    const holding: Holding = { ...known, book, parent: undefined, isDirty: false, news: [] };
    desk.begin(holding, kept);
    holdings.set(symbol, holding);
    return holding;
  };
  return {
    onRecord({ key: symbol, value, timeMs }, context) {
      const holding = holdings.get(symbol) ?? hold(symbol, context);
      holding.ticks += 1;
      holding.check = crc32(value.bytes, holding.check);
      holding.sequence = value.sequence;
      holding.timeMs = timeMs;
      holding.isDirty = true;
      holding.book.note(value.tick);
      desk.take(holding, value);
    },
    beforeCommit(context) {
      desk.flush();
      for (const holding of holdings.values()) commitHolding(desk, holding, context);
    },
    hasNews() {
      for (const { news } of holdings.values()) if (news.length > 0) return true;
      return false;
    },
  };
}

/** A gateway trades what its log was begun with, and has no edge of more. */
function unknownReason(symbol: string): string {
  const name = JSON.stringify(symbol);
  const problem = `${name} was not in the topic of instruments at this edge’s start`;
  const remedy = 'publish it there, start edges anew, and their gateway on another --out DIR';
  return `${problem}: ${remedy}`;
}

function keptIn({ market, features, levels, changes, parent }: Context['states']): Kept {
  const state = features.get();
  return {
    market: market.get(),
    features: state && { state, levels: levels.get(), changes: changes.get() },
    parent: parent.get(),
  };
}

function commitHolding(desk: EdgeDesk, holding: Holding, context: Context): void {
  const { symbol, news, timeMs, isDirty } = holding;
  if (!isDirty && news.length === 0) return;
  context.at(symbol, timeMs, () => {
    for (const each of news.splice(0)) context.emit(each);
    const parent = desk.newParent(holding);
    if (parent !== undefined) context.states.parent.set(parent);
    if (!isDirty) return;
    const market = desk.market(holding.instrument);
    const record = stateRecord(desk.name, holding, market);
    context.states.market.set(market);
    commitFeatures(desk, holding, context);
    context.states.latest.set(record);
    context.emit({ kind: 'state', record });
  });
  holding.isDirty = false;
}

function commitFeatures(
  { features }: EdgeDesk,
  { instrument, book }: Holding,
  { states }: Context,
): void {
  states.features.set(features.state(instrument));
  const { levels, changes } = book.commit(() => features.levels(instrument));
  if (levels !== undefined) states.levels.set(levels);
  if (changes !== undefined) states.changes.set(changes);
}

function stateRecord(edge: string, holding: Holding, market: MarketState): StateRecord {
  const { ticks, check, sequence, timeMs } = holding;
  const { epoch, moveIndex, bidIncrements, askIncrements } = market;
  const hasQuote = bidIncrements !== null && askIncrements !== null;
  const midHalfIncrements = hasQuote ? bidIncrements + askIncrements : null;
  return { edge, ticks, check, sequence, timeMs, epoch, moveIndex, midHalfIncrements };
}
