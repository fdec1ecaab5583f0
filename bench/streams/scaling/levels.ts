/** What is measured at which level: only one thing changes from the middle of all sweeps. */

/** What changes from level to level. */
type Setting = {
  readonly partitions: number;
  readonly instruments: number;
  readonly processes: number;
};

export type Sweep = keyof Setting;

/** One of a sweep, or a map without state, whose cost stands beside. */
export type Level = Setting & {
  readonly name: string;
  readonly sweep: Sweep | 'map';
};

/** Of each burst, nanoseconds a record where they are not a rate. */
export type Measured = Level & {
  readonly recordsPerSecond: readonly number[];
  /** Of all processes, and of the broker. */
  readonly cpuNs: readonly number[];
  readonly brokerCpuNs: readonly number[];
};

/** Every sweep passes it, so it is measured once a sweep: how far these agree is the noise. */
export const MIDDLE: Setting = { partitions: 8, instruments: 1_000, processes: 1 };

const SWEEPS: Readonly<Record<Sweep, readonly number[]>> = {
  partitions: [1, 2, 4, 8, 16, 32, 64],
  instruments: [1, 10, 100, 1_000],
  processes: [1, 2, 3, 4],
};

export const sweeps = Object.keys(SWEEPS) as Sweep[];

export const allLevels = (): readonly Level[] => [
  { ...MIDDLE, name: 'map', sweep: 'map' },
  ...sweeps.flatMap(sweep =>
    SWEEPS[sweep].map(level => {
      return { ...MIDDLE, [sweep]: level, name: `${sweep}-${level}`, sweep };
    }),
  ),
];

/** Those that are the middle, of whatever sweep. */
export const isMiddle = ({ sweep, ...level }: Level): boolean =>
  sweep !== 'map' && sweeps.every(each => level[each] === MIDDLE[each]);
