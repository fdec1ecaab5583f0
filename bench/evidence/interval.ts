/** A mean over a stream of numbers with its 95 % confidence interval, by Student's t. */

export type MeanInterval = {
  count: number;
  mean: number;
  /** Half the interval's width: mean - margin .. mean + margin; undefined for one number. */
  margin: number | undefined;
};

export type RunningMean = {
  add(value: number): void;
  /** Undefined before the first number. */
  read(): MeanInterval | undefined;
};

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const NORMAL_975 = 1.96;

/** Welford's method: no sum of squares that would cancel. */
export function createRunningMean(): RunningMean {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(value) {
      count++;
      const deviation = value - mean;
      mean += deviation / count;
      squares += deviation * (value - mean);
    },
    read() {
      if (count === 0) return undefined;
      if (count === 1) return { count, mean, margin: undefined };
      const degrees = count - 1;
      const quantile = T_975[degrees - 1] ?? NORMAL_975 + 2.4 / degrees;
      return { count, mean, margin: quantile * Math.sqrt(squares / degrees / count) };
    },
  };
}
