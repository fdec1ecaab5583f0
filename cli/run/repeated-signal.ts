/** The line of a gateway's log for a signal that its door dropped. */
import type { Signal } from '#gateway';

export const repeatedText = ({ instrument, desiredLots }: Signal) =>
  `edge: dropped a signal of ${desiredLots} lots of instrument ${instrument}: another edge of ` +
  'its group had decided on that tick, or a later one';
