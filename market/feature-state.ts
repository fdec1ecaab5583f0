/** Features of an instrument as a record: what an edge that takes over goes on from. */
import { DAY_NS, OutriderError } from '#engine';
import { field, type RecordOf, recordSchema } from '#engine/schema';
import { STATE, STATE_BITS, STATE_VALUES } from '#native';
import type { Sessions } from './session.ts';

const { bytes, integer, optional } = field;

const HOUR_NS = DAY_NS / 24;
const VALUES_BYTES = STATE_VALUES * Float64Array.BYTES_PER_ELEMENT;

const VERSIONS = [
  {
    /** What decays has decayed to here: days since 1970, nanoseconds of the day; null before. */
    day: optional(integer),
    dayNs: optional(integer),
    /** When the session began, hours since 1970; null outside of one. */
    sessionHour: optional(integer),
    /** The other values as native/feature-state.ts draws them: doubles, little endian. */
    values: bytes(VALUES_BYTES),
  },
] as const;

/** Without the levels of the book. Times are since 1970: it holds for edges of any origin. */
export type FeatureState = RecordOf<typeof VERSIONS>;

export const featureStateSchema = recordSchema({
  name: 'market.feature-state',
  versions: VERSIONS,
});

/** What times of an instrument count from. */
export type FeatureTimes = { readonly sessions: Sessions; readonly originNs: bigint };

/** A copy of what the kernel saved. */
export function featureStateOf(state: Float64Array, times: FeatureTimes): FeatureState {
  const known = state[STATE.known]!;
  const timeNs = state[STATE.timeNs]!;
  const session = state[STATE.session]!;
  const values = state.slice(0, STATE_VALUES);
  values[STATE.timeNs] = 0;
  values[STATE.session] = 0;
  const isTimed = timeNs !== 0 || (known & STATE_BITS.events) !== 0;
  const day = Math.floor(timeNs / DAY_NS);
  const isInSession = (known & STATE_BITS.session) !== 0;
  return {
    day: isTimed ? originDayOf(times) + day : null,
    dayNs: isTimed ? timeNs - day * DAY_NS : null,
    sessionHour: isInSession ? hourOfSession(session, times) : null,
    values: new Uint8Array(values.buffer),
  };
}

/** Writes it for the kernel; throws `bad-data` where it has another length. */
export function writeFeatureState(
  { day, dayNs, sessionHour, values }: FeatureState,
  state: Float64Array,
  times: FeatureTimes,
): void {
  if (values.length !== VALUES_BYTES) {
    const text = `state of features has ${values.length} bytes of values, not ${VALUES_BYTES}`;
    throw new OutriderError('bad-data', `${text}; another version wrote it`);
  }
  state.set(new Float64Array(values.slice().buffer));
  state[STATE.timeNs] =
    day === null || dayNs === null ? 0 : (day - originDayOf(times)) * DAY_NS + dayNs;
  state[STATE.session] = sessionHour === null ? 0 : sessionOfHour(sessionHour, times);
}

const originDayOf = ({ originNs }: FeatureTimes) => Number(originNs / BigInt(DAY_NS));
const originHourOf = ({ originNs }: FeatureTimes) => Number(originNs / BigInt(HOUR_NS));

/** Sessions are counted from the origin on: `market/session.ts`. */
function hourOfSession(session: number, times: FeatureTimes): number {
  const { periodHours, phaseHours } = times.sessions;
  return periodHours === 0 ? 0 : session * periodHours - phaseHours + originHourOf(times);
}

function sessionOfHour(hour: number, times: FeatureTimes): number {
  const { periodHours, phaseHours } = times.sessions;
  if (periodHours === 0) return 0;
  return Math.floor((hour - originHourOf(times) + phaseHours) / periodHours);
}
