/** The configuration of a run: options and `outrider.config.json` carry these names. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { OutriderError } from '#engine';
import { namesExchange, parseExchangeFeed } from '#market';
import { KERNELS, PAIRS } from '#models';
import { OPERATIONS_OPTION_NAMES, operationsOptions } from './run/operations-options.ts';
import { isPaceStages } from './run/pace.ts';
import { SESSION_OPTION_NAMES, sessionOptions, sessionTermsOf } from './run/session-options.ts';

const count = (maximum: number) => z.int().min(1).max(maximum);
const ADDRESS = /^.+:(\d{1,5})$/;
const address = z
  .string()
  .refine(text => isPort(ADDRESS.exec(text)?.[1]), 'give HOST:PORT, port 1 to 65535')
  .meta({ form: 'HOST:PORT' })
  .optional();
const addresses = z
  .string()
  .refine(
    text => text.split(',').length <= 2 && text.split(',').every(each => isAddress(each)),
    'give HOST:PORT, or two of them with a comma between, port 1 to 65535',
  )
  .meta({ form: 'HOST:PORT[,HOST:PORT]' })
  .optional();
const isAddress = (text: string) => isPort(ADDRESS.exec(text)?.[1]);
const isPort = (digits: string | undefined) => Number(digits) >= 1 && Number(digits) <= 65_535;
const feed = z
  .string()
  .refine(text => namesExchange(text) || isAddress(text), 'give HOST:PORT, or EXCHANGE:SYMBOL')
  .meta({ form: 'HOST:PORT|EXCHANGE:SYMBOL,...' })
  .optional();
const seconds = z.number().positive().max(86_400);

/** Descriptions are the help texts: what, unit, what it means for a run. */
export const configSchema = z.strictObject({
  ticks: z
    .array(z.string().min(1))
    .max(64)
    .default([])
    .describe(
      'recorded ticks: a zip, a raw capture (gzip) or a folder of them; given again for more',
    ),
  speed: z
    .union([z.number().positive().max(10_000), z.literal('max')])
    .default(1)
    .describe('times recorded speed; `max` runs on the virtual clock and claims no latency'),
  lockstep: z.boolean().default(false).describe('reproducible run: implies --speed max'),
  out: z.string().min(1).optional().describe('run folder; must be new or empty [runs/TIME]'),
  model: z.enum(PAIRS).default('ngram').describe('pair whose target makes the forecasts'),
  draft: z
    .enum([...PAIRS, 'none'])
    .optional()
    .describe("pair whose draft proposes futures [the model's]; `none`: the verifier alone"),
  modelFolder: z
    .string()
    .min(1)
    .meta({ form: 'DIR' })
    .optional()
    .describe('of the manifest and files of the model’s pair [models/shipped]; docs/onnx.md'),
  kernel: z
    .enum(KERNELS)
    .default('canonical')
    .describe('of a neural target: the law’s own, or onnxruntime on the pair’s graphs'),
  draftKernel: z
    .enum(KERNELS)
    .default('canonical')
    .describe('of a neural draft, as --kernel; onnxruntime drafts beside the tick thread'),
  threads: count(64)
    .default(1)
    .describe('of a packed pass of a neural target; on the canonical kernel they change no byte'),
  seed: z.int().min(0).default(1).describe('names the noise; another seed, other forecasts'),
  branches: count(64).default(16).describe('next moves looked ahead to'),
  trajectories: count(256).default(16).describe('paths of each forecast (S)'),
  moves: count(32).default(8).describe('moves of each path (H)'),
  batch: count(65)
    .optional()
    .describe('contexts of one request, packed into one pass [17; of a neural target 4]'),
  deadlineMs: z
    .number()
    .positive()
    .max(60_000)
    .default(60)
    .describe('wait for a verified forecast after a move, milliseconds'),
  roundTripMs: z
    .number()
    .min(0)
    .max(10_000)
    .default(20)
    .describe('round trip to the verifier, milliseconds'),
  serviceUs: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(1000)
    .describe('modelled time of all branches of a speculation on the virtual clock, microseconds'),
  venueRoundTripMs: z
    .number()
    .min(0)
    .max(10_000)
    .default(1)
    .describe('modelled round trip to the venue on the virtual clock, milliseconds'),
  verifier: address.describe('of a running `outrider verifier` [a process that the run starts]'),
  gateway: addresses.describe(
    'of a running `outrider gateway`, which counts orders; of both of a pair [the run’s own]',
  ),
  strategy: z
    .string()
    .min(1)
    .max(32)
    .optional()
    .describe('of the gateway elsewhere, for which this run decides [its only one]'),
  venue: address.describe('of a FIX 4.4 venue, for the run’s own gateway [the run’s paper venue]'),
  feed: feed.describe(
    'of a running `outrider venue --feed`, or the public feed of an exchange, such as ' +
      'coinbase:BTC-USD or kraken:XBT/USD,ETH/USD; docs/feeds.md [--ticks, or built-in exchange]',
  ),
  feedUrl: z
    .string()
    .regex(/^wss?:\/\/[^\s]+$/, 'give ws://HOST:PORT or wss://HOST')
    .refine(text => URL.canParse(text), 'give ws://HOST:PORT or wss://HOST')
    .meta({ form: 'URL' })
    .optional()
    .describe('of an exchange’s feed in place of its own; its HTTP is asked for at the same host'),
  feedInstrument: z
    .array(z.string().min(1))
    .max(64)
    .meta({ form: 'SYMBOL=INCREMENT:LOT' })
    .default([])
    .describe('reference data of a symbol of --feed, so that the exchange is not asked for them'),
  brokers: z
    .string()
    .min(1)
    .meta({ form: 'HOST:PORT,...' })
    .optional()
    .describe('nodes of a Kafka cluster, by whose topics ticks and logs go [none: embedded logs]'),
  brokersSecurity: z
    .string()
    .min(1)
    .meta({ form: 'FILE' })
    .optional()
    .describe('JSON: TLS and SASL of the brokers, and the files of its secrets [plain text]'),
  topicPrefix: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'give letters, digits, - and _, 64 at most')
    .default('outrider')
    .describe('before each topic’s name, with a dot'),
  duration: z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'give a number and a unit, such as 20s, 500ms, 2m, 1h')
    .optional()
    .describe('ends the run after this much time of its clock: 20s, 500ms, 2m, 1h'),
  stages: z
    .string()
    .max(4096)
    .refine(isPaceStages, 'give lengths and factors above 0, such as 20s:1,30s:10')
    .meta({ form: 'LENGTH:FACTOR,...' })
    .optional()
    .describe('times --speed, or times the rate of the built-in exchange: 20s:1,30s:10,20s:1'),
  timeZone: z.string().min(1).optional().describe('zone of the recorded times, else as listed'),
  json: z
    .boolean()
    .default(false)
    .describe('prints the report as JSON at the end, and events on standard error'),
  policy: z
    .enum(['work-parent', 'follow-forecast'])
    .default('work-parent')
    .describe('works parent orders on a schedule, or turns forecasts into positions'),
  restingStyle: z
    .enum(['join', 'peg'])
    .default('join')
    .describe('of follow-forecast: joins the touch as it is, or follows it'),
  parentLots: count(1_000_000).default(60).describe('lots of a parent order'),
  parentSeconds: seconds.default(60).describe('length of a parent order, seconds'),
  slices: count(1000).default(6).describe('steps of a parent order’s schedule'),
  crossAfterPercent: z
    .int()
    .min(0)
    .max(100)
    .default(75)
    .describe('share of a slice after which what it lacks crosses the spread, percent'),
  waitSpreadPercent: z
    .int()
    .min(0)
    .max(10_000)
    .default(25)
    .describe('favourable drift for which it waits, percent of the spread'),
  holdMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(250)
    .describe('least time between two signals that change only price or style, milliseconds'),
  ingest: z
    .enum(['auto', 'thread', 'edge'])
    .default('auto')
    .describe('recorded ticks in real time are read by a thread of their own, or by the edge’s'),
  keepWarmMs: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('walks the tick path this often to keep it in the caches, milliseconds; 0: never'),
  positionLots: count(1e9).default(500).describe('limit: largest position, lots'),
  orderValue: count(1e9).default(1_000_000).describe('limit: value of an order, quote currency'),
  ordersPerSecond: count(1e6).default(50).describe('limit: new and replaced orders a second'),
  collarBasisPoints: count(10_000).default(50).describe('limit: distance from the mid, 1/100 %'),
  dailyLoss: count(1e9).default(50_000).describe('limit: loss of a UTC day, quote currency'),
  trailingDrawdown: count(1e9)
    .default(50_000)
    .describe('limit: fall from the peak, quote currency'),
  tickAgeMs: count(3_600_000).default(1000).describe('limit: oldest tick behind an order, ms'),
  forecastAgeMs: count(86_400_000)
    .default(60_000)
    .describe('limit: oldest forecast behind one, ms'),
  quoteSizeLots: count(1e9)
    .default(4)
    .describe('paper venue on recorded quotes: lots to be had at each touch of a quote'),
  bandIncrements: count(1e9)
    .default(1000)
    .describe('paper venue: rejects limits further than this beyond the far touch, increments'),
  desk: z
    .string()
    .min(1)
    .meta({ form: 'FILE' })
    .optional()
    .describe('desk file (JSON): venues, strategies, accounts; docs/gateway.md [one venue]'),
  heartbeatSeconds: count(3600).default(30).describe('FIX HeartBtInt, seconds'),
  lingerUs: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe(
      'a venue turns so long for more bytes before it parks, microseconds [100; 1 core: 0]',
    ),
  ...operationsOptions,
  ...sessionOptions,
});

export type RunConfig = z.output<typeof configSchema>;
export type ConfigName = keyof RunConfig;

export const CONFIG_FILE = 'outrider.config.json';
const CONFIG_BYTES_MAX = 1 << 20;

/** Options over the file over defaults; every problem names its field, value and remedy. */
export function loadConfig(options: Record<string, unknown>): RunConfig {
  const given = { ...readConfigFile(), ...options };
  const result = configSchema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map(issue => problem(issue, given));
    throw new OutriderError('bad-config', problems.join('; '));
  }
  return checkTogether(result.data, given);
}

function checkTogether(config: RunConfig, given: Record<string, unknown>): RunConfig {
  if (config.lockstep) {
    if (given['speed'] !== undefined && given['speed'] !== 'max') {
      throw new OutriderError(
        'bad-config',
        `speed: ${given['speed']} with lockstep, which runs on the virtual clock; leave speed out`,
      );
    }
    config.speed = 'max';
  }
  sessionTermsOf(config);
  checkDesk(config);
  checkStrategy(config);
  checkStages(config);
  checkOperations(config);
  checkFeed(config);
  checkProcesses(config, given);
  const rows = (config.branches + 1) * config.trajectories * config.moves;
  if (rows > 65_536) {
    throw new OutriderError(
      'bad-config',
      `branches: (${config.branches} + 1) x ${config.trajectories} trajectories x ` +
        `${config.moves} moves is ${rows}, at most 65536 fit one speculation; lower one of them`,
    );
  }
  if (!Number.isInteger((config.parentSeconds * 1e9) / config.slices)) {
    throw new OutriderError(
      'bad-config',
      `slices: ${config.parentSeconds} s in ${config.slices} slices is no whole number of ` +
        'nanoseconds a slice; choose a divisor',
    );
  }
  return config;
}

/** Nobody could ask a run on the virtual clock how it is: it never waits. */
function checkOperations(config: RunConfig): void {
  const given = OPERATIONS_OPTION_NAMES.find(name => config[name] !== undefined);
  if (given === undefined || config.speed !== 'max') return;
  const remedy = 'the virtual clock has no operations: leave it out, or give a speed';
  throw new OutriderError('bad-config', `${given}: ${config[given]} with speed max; ${remedy}`);
}

/** A desk file says of each venue what these options say of one. */
function checkDesk(config: RunConfig): void {
  const { desk, gateway } = config;
  if (desk === undefined) return;
  const both = SESSION_OPTION_NAMES.find(name => config[name] !== undefined);
  if (both !== undefined) {
    const remedy = 'write it into the session of its venue there';
    throw new OutriderError('bad-config', `${both}: ${config[both]} with desk ${desk}; ${remedy}`);
  }
  if (gateway !== undefined) {
    const remedy = 'leave one out, a gateway elsewhere has a desk file of its own';
    throw new OutriderError('bad-config', `desk: ${desk} with gateway ${gateway}; ${remedy}`);
  }
}

function checkStrategy({ strategy, gateway }: RunConfig): void {
  if (strategy === undefined || gateway !== undefined) return;
  const remedy =
    'name one, or leave strategy out: the run’s own gateway trades for its first alone';
  throw new OutriderError('bad-config', `strategy: ${strategy} without a gateway; ${remedy}`);
}

function checkStages({ stages, speed, feed }: RunConfig): void {
  if (stages === undefined || (speed !== 'max' && feed === undefined)) return;
  const why =
    feed === undefined
      ? 'speed max, which has no pace'
      : 'feed: the venue that feeds sets the pace';
  throw new OutriderError('bad-config', `stages: ${stages} with ${why}; leave one out`);
}

/** Options of an exchange's feed go with one, whose symbols are read now: the run has not begun. */
function checkFeed({ feed, feedUrl, feedInstrument }: RunConfig): void {
  if (feed !== undefined && namesExchange(feed)) {
    parseExchangeFeed(feed);
    return;
  }
  const [name, value] =
    feedUrl === undefined ? ['feedInstrument', feedInstrument[0]] : ['feedUrl', feedUrl];
  if (value === undefined) return;
  const remedy = 'give --feed EXCHANGE:SYMBOL as well, or leave it out';
  throw new OutriderError('bad-config', `${name}: ${value} without an exchange's feed; ${remedy}`);
}

/** What another process does, this run does not do as well; and real processes need real time. */
function checkProcesses(config: RunConfig, given: Record<string, unknown>): void {
  const elsewhere = (['feed', 'gateway', 'venue', 'verifier'] as const).find(name => config[name]);
  if (elsewhere === undefined) return;
  const refuse = (why: string) => {
    throw new OutriderError('bad-config', `${elsewhere}: ${config[elsewhere]} ${why}`);
  };
  if (config.speed === 'max') {
    const other = config.lockstep ? 'lockstep' : 'speed max';
    refuse(`with ${other}: leave one out, processes run in real time`);
  }
  if (config.feed !== undefined && config.ticks.length > 0) {
    refuse(`with ticks ${config.ticks.join(', ')}: give one of them`);
  }
  if (config.feed !== undefined && given.speed !== undefined) {
    refuse(`with speed ${config.speed}: leave speed out, the venue that feeds sets the pace`);
  }
  if (config.gateway !== undefined && config.venue !== undefined) {
    throw new OutriderError(
      'bad-config',
      `venue: ${config.venue} with gateway ${config.gateway}: leave one out, a gateway elsewhere ` +
        'has a venue of its own',
    );
  }
}

function problem(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map(key => `${key}: unknown option`).join('; ');
    return `${names}; \`outrider run --help\` lists them`;
  }
  const [name] = issue.path;
  const value = name === undefined ? given : given[String(name)];
  return `${issue.path.join('.')}: ${JSON.stringify(value)} (${issue.message})`;
}

function readConfigFile(): Record<string, unknown> {
  if (!existsSync(CONFIG_FILE)) return {};
  const text = readFileSync(CONFIG_FILE, 'utf8');
  if (text.length > CONFIG_BYTES_MAX) {
    throw new OutriderError('bad-config', `${CONFIG_FILE}: more than 1 MiB; is it the right file?`);
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    const message = `${CONFIG_FILE}: no JSON object; mend it or remove it`;
    throw new OutriderError('bad-config', message, { cause });
  }
}
