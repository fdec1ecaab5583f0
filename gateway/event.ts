/** Everything that can happen to a gateway: the records of its input log; venues by index. */
import type { Nanoseconds } from '#engine';
import type { ConversionRate } from './account/conversion.ts';
import type { MarketQuote } from './execution/market-quote.ts';
import type { Signal } from './signal.ts';
import type { SnapshotMark } from './snapshot/state-snapshot.ts';

export type GatewayCommand =
  /** Blocks new orders and cancels what works; `arm` takes it back. */
  | 'kill'
  | 'arm'
  /** The end of the run: cancels what works, then logs out. */
  | 'stop'
  /** No edge has been heard for too long: drops its wishes and cancels what works for them. */
  | 'edge-lost';

export type GatewayEvent =
  /** A process took up the log again: its orders are unknown until the venue speaks of them. */
  | { kind: 'restarted'; timeNs: Nanoseconds }
  | { kind: 'connected'; timeNs: Nanoseconds; venue: number }
  | { kind: 'disconnected'; timeNs: Nanoseconds; venue: number }
  | { kind: 'inbound'; timeNs: Nanoseconds; venue: number; bytes: Uint8Array }
  | { kind: 'timer'; timeNs: Nanoseconds }
  | { kind: 'command'; timeNs: Nanoseconds; command: GatewayCommand }
  /** Positions as another source states them, a JSON document: see position-statement.ts. */
  | { kind: 'statement'; timeNs: Nanoseconds; bytes: Uint8Array }
  /** As the command, of one strategy among others. */
  | { kind: 'edge-lost'; timeNs: Nanoseconds; strategy: number }
  /** Of the strategy's edges one is lost, and these are the instruments that no other has. */
  | { kind: 'instruments-lost'; timeNs: Nanoseconds; strategy: number; instruments: number[] }
  /** Bytes as an operator signed them, so that a replay verifies the very same. */
  | { kind: 'operator'; timeNs: Nanoseconds; bytes: Uint8Array }
  | { kind: 'signal'; timeNs: Nanoseconds; signal: Signal }
  | { kind: 'quote'; timeNs: Nanoseconds; quote: MarketQuote }
  /** What a currency is worth in another, for what is no instrument here. */
  | { kind: 'rate'; timeNs: Nanoseconds; rate: ConversionRate }
  /** A node trades from here on: what one of an older epoch writes behind it is void. */
  | { kind: 'epoch-claim'; timeNs: Nanoseconds; epoch: number; node: string; operator: string }
  /** What leaves from here on waits for this standby, or '' for nobody: the gateway runs alone. */
  | { kind: 'standby-state'; timeNs: Nanoseconds; standby: string }
  /** From here on `step` follows the rules of this version. */
  | { kind: 'step-version'; timeNs: Nanoseconds; version: number }
  /** A snapshot was taken of the state before this record, which changes nothing. */
  | { kind: 'snapshot-mark'; timeNs: Nanoseconds; mark: SnapshotMark };
