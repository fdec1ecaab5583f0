/** Builds the flat memory of risk from its topology: places, rings, limits. */
import { OutriderError } from '#engine';
import { HEADER, MEMORY_VERSION, PART } from './layout.ts';
import { INSTRUMENT, LINE } from './line-layout.ts';
import { RING, SCOPE, SCOPE_KINDS } from './scope-layout.ts';
import { namesOf, type ScopeName } from './scope-name.ts';
import { clearLimits, setLimit, setSetting } from './set-limit.ts';
import type { RiskTopology } from './topology.ts';

/** Scopes, and lines: what a firm has of both together. */
const SCOPES_MAX = 4096;
const LINES_MAX = 65_536;

/** Times a ring can hold; one that a limit needs to be larger is made so. */
const RING_TIMES = 64;
const RING_TIMES_MAX = 2 ** 20;

/** Limits whose values are counted in a ring, by where the ring is said. */
const RINGS = [
  { ring: SCOPE.orderRing, name: 'orders' },
  { ring: SCOPE.executionRing, name: 'executions' },
  { ring: SCOPE.programmeRing, name: 'programmeCount' },
] as const;

export function createRiskMemory(topology: RiskTopology): Float64Array {
  const sizes = SCOPE_KINDS.map(kind => namesOf(topology, kind).length);
  const scopes = sizes.reduce((sum, size) => sum + size, 0);
  const lines = topology.strategies.length * topology.instruments.length;
  bounded('scopes', scopes, SCOPES_MAX);
  bounded('strategies times instruments', lines, LINES_MAX);
  const linesAt = PART.scopes + scopes * PART.scopeValues;
  const instrumentsAt = linesAt + lines * PART.lineValues;
  const ringsAt = instrumentsAt + topology.instruments.length * PART.instrumentValues;
  const { places, end } = placeRings(topology, ringsAt);
  const memory = new Float64Array(end);
  memory[HEADER.version] = MEMORY_VERSION;
  sizes.slice(1).forEach((size, at) => {
    memory[HEADER.venues + at] = size;
  });
  memory[HEADER.scopesAt] = PART.scopes;
  memory[HEADER.linesAt] = linesAt;
  memory[HEADER.instrumentsAt] = instrumentsAt;
  memory[HEADER.length] = end;
  for (const { scope, ring, at, capacity } of places) {
    memory[scope + ring + RING.at] = at;
    memory[scope + ring + RING.capacity] = capacity;
  }
  writeScopes(memory, scopes);
  writeLines(memory, topology);
  for (const setting of topology.settings) setSetting(memory, setting);
  for (const limit of topology.limits) setLimit(memory, limit);
  return memory;
}

function bounded(what: string, size: number, most: number): void {
  if (size <= most) return;
  throw new OutriderError('bad-config', `${what}: ${size}; risk has room for ${most}`);
}

function writeScopes(memory: Float64Array, scopes: number): void {
  for (let at = 0; at < scopes; at++) {
    const scope = PART.scopes + at * PART.scopeValues;
    clearLimits(memory, scope);
    memory[scope + SCOPE.lostNs] = -1;
    memory[scope + SCOPE.utcDay] = -1;
  }
}

function writeLines(memory: Float64Array, { lines, instrumentTerms }: RiskTopology): void {
  for (const [at, { desk, account, isPermitted }] of lines.entries()) {
    const line = memory[HEADER.linesAt]! + at * PART.lineValues;
    memory[line + LINE.isPermitted] = isPermitted ? 1 : 0;
    memory[line + LINE.desk] = desk;
    memory[line + LINE.account] = account;
    memory[line + LINE.dutyDay] = -1;
  }
  for (const [at, terms] of instrumentTerms.entries()) {
    const instrument = memory[HEADER.instrumentsAt]! + at * PART.instrumentValues;
    memory[instrument + INSTRUMENT.incrementNanos] = terms.incrementNanos;
    memory[instrument + INSTRUMENT.reportNanos] = terms.reportNanos;
    memory[instrument + INSTRUMENT.isRestricted] = terms.isRestricted ? 1 : 0;
    memory[instrument + INSTRUMENT.dailyLots] = terms.dailyLots;
  }
}

type RingPlace = { scope: number; ring: number; at: number; capacity: number };

/** Room for the values that limits are given; later ones must find room in it. */
function placeRings(topology: RiskTopology, from: number): { places: RingPlace[]; end: number } {
  const places: RingPlace[] = [];
  let end = from;
  let scope: number = PART.scopes;
  for (const kind of SCOPE_KINDS) {
    for (let index = 0; index < namesOf(topology, kind).length; index++) {
      for (const { ring, name } of RINGS) {
        const capacity = capacityOf(topology, { kind, index }, name);
        places.push({ scope, ring, at: end, capacity });
        end += capacity;
      }
      scope += PART.scopeValues;
    }
  }
  return { places, end };
}

type Counted = (typeof RINGS)[number]['name'];

/** One more than is allowed, to be counted; and twice that, so that a limit can grow. */
function capacityOf({ limits, settings }: RiskTopology, scope: ScopeName, name: Counted): number {
  const is = (each: { scope: ScopeName; name: string }) =>
    each.name === name && each.scope.kind === scope.kind && each.scope.index === scope.index;
  const wanted = [
    ...limits.filter(is).map(({ soft = 0, hard = 0 }) => Math.max(soft, hard)),
    ...settings.filter(is).map(({ value }) => value),
  ].reduce((most, each) => Math.max(most, each), 0);
  bounded(`${name} of a ${scope.kind}`, wanted, RING_TIMES_MAX);
  let capacity = RING_TIMES;
  while (capacity < 2 * (wanted + 1)) capacity *= 2;
  return capacity;
}
