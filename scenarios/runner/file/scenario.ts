/** A scenario file: load, faults, invariants and thresholds, checked before anything starts. */
import { z } from 'zod';
import type { Nanoseconds } from '#engine';
import { LIMIT_NAMES } from '#gateway';
import { hasDeskFile, needsOperators } from './fault-kind.ts';
import { duration, killed, name, someTime, stage } from './fields.ts';
import { runbookSteps, type Step, stepSchema } from './step.ts';
import type { Threshold } from './threshold.ts';
import { checkThresholds, thresholdsOf } from './threshold-fields.ts';
import { checked, parseYaml, type Yaml } from './yaml.ts';

const moment = {
  /** Since the feed began. */
  at: duration,
  /** How long; then it is undone. */
  for: someTime,
  /** Waits, from `at` on, until the venue receives the next order message. */
  on: z.literal('order').optional(),
  /** Steps of runbooks that this is: RUNBOOK/STEP. */
  does: runbookSteps,
};

const ofGateway = { ...moment, target: z.literal('gateway') };
const gatewayFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...ofGateway, kind: z.literal('kill') }),
  z.strictObject({ ...ofGateway, kind: z.literal('stop') }),
  /** No file of it grows any more. */
  z.strictObject({ ...ofGateway, kind: z.literal('disk-full') }),
  /** Stopped in order, and started with another version of `step`. */
  z.strictObject({ ...ofGateway, kind: z.literal('upgrade'), to: z.int().positive() }),
]);

const ofOperator = { ...moment, target: z.literal('operator') };
const operatorFault = z.discriminatedUnion('kind', [
  /** One operator kills; two arm at the end. */
  z.strictObject({
    ...{ ...ofOperator, kind: z.literal('kill'), scope: z.string().max(100).default('firm') },
  }),
  /** One sets a lower level; two set the one before at the end. */
  z.strictObject({
    ...{ ...ofOperator, kind: z.literal('limit'), scope: z.string().max(100) },
    ...{ limit: z.enum(LIMIT_NAMES), hard: z.int().min(0) },
    /** OrderQty (38) of new orders meanwhile. */
    orderQtyAtMost: z.number().positive().optional(),
  }),
]);

const fault = z.discriminatedUnion('target', [
  z.strictObject({ ...moment, target: z.literal('verifier'), kind: killed }),
  z.strictObject({ ...moment, target: z.literal('verifier-link'), kind: killed }),
  z.strictObject({
    ...moment,
    target: z.literal('venue-link'),
    /**
     * `higher-number`: in the venue's place, somebody expects a number never reached; at the end
     * two operators agree to it.
     */
    kind: z.enum(['kill', 'stop', 'higher-number']),
  }),
  gatewayFault,
  z.strictObject({ ...moment, target: z.literal('venue'), kind: z.literal('stop') }),
  operatorFault,
  z.discriminatedUnion('kind', [
    z.strictObject({
      ...{ ...moment, target: z.literal('feed') },
      kind: z.enum(['gap', 'duplicate', 'reorder', 'disconnect']),
      /** Share of the batches that are sent twice, or held back. */
      share: z.number().min(0).max(1).default(0.25),
    }),
    /** The venue's clock is off by so much; `drift`: it comes to that, ahead, in equal steps. */
    z.strictObject({
      ...{ ...moment, target: z.literal('feed'), by: someTime },
      kind: z.enum(['ahead', 'behind', 'drift']),
    }),
  ]),
  z.strictObject({
    ...{ ...moment, target: z.literal('exchange') },
    /** `garbage`: half a message; `silence`: the connection stands and says nothing. */
    kind: z.enum(['disconnect', 'silence', 'garbage']),
  }),
  z.discriminatedUnion('kind', [
    /** Of three, the one that leads the first instrument's ticks. */
    z.strictObject({ ...moment, target: z.literal('broker'), kind: z.literal('kill') }),
    z.strictObject({ ...moment, target: z.literal('broker'), kind: z.literal('stop') }),
    /** The wall clock of all of them. */
    z.strictObject({
      ...{ ...moment, target: z.literal('broker'), kind: z.literal('ahead'), by: someTime },
    }),
  ]),
]);

const invariants = z.strictObject({
  /** Each order once, answered by the venue or logged as not sent. */
  ordersOnce: z.literal(true).optional(),
  /** No new or replaced order rests on an older tick. */
  tickAgeAtMost: someTime.optional(),
  /** After each fault, and after each stage of more load, there are verified forecasts again. */
  verifiedAgainWithin: someTime.optional(),
  /** And order messages. */
  ordersAgainWithin: someTime.optional(),
  /** Nothing leaves for a venue that expects a higher number, until operators agreed to it. */
  haltsBehindVenue: z.literal(true).optional(),
  /** After a kill was asked for, until it is armed again. */
  killToLastOrderAtMost: someTime.optional(),
  /** OrderQty of new orders; new and replacing orders in any second. */
  orderQtyAtMost: z.number().positive().optional(),
  orderRateAtMost: z.int().positive().optional(),
  /** A throttle trips, and no order follows until operators said so. */
  tripHolds: z.literal(true).optional(),
  /** Every step was done, in time, and what it was to say was said. */
  stepsDone: z.literal(true).optional(),
  /** While the venue's clock is off by more nothing new is ordered; while by less, it goes on. */
  clockHaltsBeyond: someTime.optional(),
  /** By way of Kafka: each tick of the feed is in its topic once, and reached the edge once. */
  ticksOnce: z.literal(true).optional(),
  /** The edge is never longer without ticks. */
  tickSilenceAtMost: someTime.optional(),
  /** The run's logs are on their topics, record by record. */
  logsCopied: z.literal(true).optional(),
  /** The logs give the same bytes once more. */
  replayIdentical: z.literal(true).optional(),
});

const scenarioSchema = z
  .strictObject({
    name,
    about: z.string().min(1).max(500),
    /** Names the market of the built-in exchange, the noise and the choices of feed faults. */
    seed: z.int().min(0).default(1),
    /** Recordings to play; the built-in exchange where none are named. */
    ticks: z.array(z.string().min(1)).max(64).default([]),
    /** `run`: the run's own gateway; `pair`: two processes, a witness and watchdogs. */
    gateway: z.enum(['process', 'run', 'pair']).default('process'),
    /** How the run is fed: as an exchange's public feed does, in place of our own protocol. */
    wire: z.literal('coinbase').optional(),
    /** Of a pair: how long a node may trade without an answer; whether there is a witness. */
    lease: someTime.optional(),
    witness: z.boolean().default(true),
    /** The second has a market and a folder of its own; its name is `second`. */
    venues: z.union([z.literal(1), z.literal(2)]).default(1),
    /** Ticks and logs go by way of a Kafka of so many nodes: `--brokers`. */
    brokers: z.union([z.literal(1), z.literal(3)]).optional(),
    /** Of the desk file's strategy, docs/gateway.md. */
    execution: z.looseObject({}).optional(),
    /** Options of `outrider run`, in camel case, given to every process that has them. */
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    /** Of the gateway's desk file, as its section `limits` has scopes; docs/risk.md. */
    limits: z
      .array(z.looseObject({ scope: z.string() }))
      .max(100)
      .optional(),
    load: z
      .array(stage.extend({ rate: stage.shape.rate.max(1000) }))
      .min(1)
      .max(100),
    faults: z.array(fault).max(100).default([]),
    /** One after another from the beginning of the feed on, beside load and faults. */
    steps: z.array(stepSchema).max(100).default([]),
    invariants: invariants.default({}),
    thresholds: z.record(z.string(), z.array(z.string()).min(1).max(20)).default({}),
  })
  .superRefine(checkTogether);

type Read = z.output<typeof scenarioSchema>;
export type Stage = Read['load'][number];
export type Fault = Read['faults'][number];
export type Scenario = Omit<Read, 'thresholds' | 'steps'> & {
  thresholds: Threshold[];
  steps: Step[];
};

/** As people are told of it. */
export const faultName = ({ target, kind }: Fault) => `${target} ${kind}`;

/** Options that say where processes are and what the scenario itself decides. */
const RESERVED = [
  'desk',
  ...['ticks', 'speed', 'lockstep', 'out', 'seed', 'verifier', 'gateway', 'venue', 'feed'],
  ...['feedUrl', 'feedInstrument', 'brokers', 'topicPrefix'],
  ...['duration', 'json', 'stages'],
];

function checkTogether(read: Read, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const totalNs = loadNs(read);
  for (const [at, one] of read.faults.entries()) {
    if (one.at + one.for > totalNs) {
      issue(
        ['faults', at],
        `ends after the load of ${totalNs / 1e9} s: add load, or begin earlier`,
      );
    }
    if ((one.target === 'gateway' || needsOperators(one)) && read.gateway === 'run') {
      issue(['faults', at, 'target'], 'the gateway is the run’s own: set gateway: process');
    }
    if (read.gateway === 'pair' && one.kind === 'higher-number') {
      issue(['faults', at, 'kind'], 'its operators command one gateway: set gateway: process');
    }
    if (one.target === 'exchange' && read.wire === undefined) {
      issue(['faults', at, 'target'], 'the run is fed by the venue: set wire: coinbase');
    }
    if (one.target === 'broker' && read.brokers !== 3) {
      if (one.kind !== 'ahead') {
        issue(['faults', at, 'target'], 'nothing goes on without it: set brokers: 3');
      } else if (read.brokers === undefined) {
        issue(['faults', at, 'target'], 'there is none: set brokers: 1 or 3');
      }
    }
    const other = read.faults.findIndex((two, i) => i < at && overlap(one, two));
    if (other >= 0) issue(['faults', at], `overlaps faults.${other} of the same target`);
  }
  if (read.gateway === 'run' && hasDeskFile(read)) {
    issue(['gateway'], 'the run’s own has no desk file: set gateway: process');
  }
  for (const name of ['ticksOnce', 'logsCopied'] as const) {
    if (read.brokers !== undefined || read.invariants[name] === undefined) continue;
    issue(['invariants', name], 'is of runs by way of Kafka: set brokers: 1 or 3');
  }
  for (const [at, { name }] of read.steps.entries()) {
    const isAgain = read.steps.findIndex(step => step.name === name) < at;
    if (isAgain) issue(['steps', at, 'name'], 'another step has this name; give each its own');
  }
  for (const name of RESERVED.filter(reserved => reserved in read.options)) {
    issue(['options', name], 'is set by the scenario itself: leave it out');
  }
  checkThresholds(read, issue);
}

const overlap = (one: Fault, two: Fault) =>
  one.target === two.target && one.at < two.at + two.for && two.at < one.at + one.for;

/** Length of the load. */
export const loadNs = ({ load }: Pick<Scenario, 'load'>): Nanoseconds =>
  load.reduce((total, { for: ns }) => total + ns, 0);

export const parseScenario = (text: string, file: string): Scenario =>
  scenarioOf(parseYaml(text, file));

/** Throws `bad-config` naming file, line, field, value and remedy. */
export function scenarioOf(source: Yaml): Scenario {
  const read = checked(source, scenarioSchema);
  return { ...read, thresholds: thresholdsOf(read) };
}
