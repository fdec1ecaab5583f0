/** Where a step is timed, if its host wants to: a step itself reads no clock. */

export type TimedPart = 'risk' | 'encode';

export type StepProbe = {
  begin(): void;
  end(part: TimedPart): void;
};

export const noProbe: StepProbe = { begin() {}, end() {} };
