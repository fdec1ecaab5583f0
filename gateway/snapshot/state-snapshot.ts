/** The state of a gateway as bytes with a hash: a replay may begin there, not at the start. */
import { hash } from 'node:crypto';
import {
  ByteReader,
  ByteWriter,
  OutriderError,
  readPlainData,
  SNAPSHOT_BYTES_MAX,
  writePlainData,
} from '#engine';
import { chainOf } from '../chain/output-chain.ts';
import type { Framer } from '../fix/framer.ts';
import type { GatewayState } from '../state.ts';

/** All that changes while records are stepped. */
export type GatewayParts = { readonly state: GatewayState; readonly framers: readonly Framer[] };

/** What the log says of the state at its place: each replica can see that it has the same. */
export type SnapshotMark = {
  /** Names what a fresh state looks like to a build: two of one layout can read one another. */
  layout: string;
  /** SHA-256 of the snapshot's bytes. */
  stateHash: string;
  messages: number;
  chainTip: string;
};

export type StateSnapshot = { bytes: Uint8Array; mark: SnapshotMark };

const LAYOUT_DIGITS = 32;

/** Between two records; `layout` is that of this build and configuration. */
export function takeSnapshot(parts: GatewayParts, layout: string): StateSnapshot {
  const bytes = bytesOf(parts, layout);
  const { messages, tip } = chainOf(parts.state);
  return {
    bytes,
    mark: { layout, stateHash: hash('sha256', bytes), messages, chainTip: tip },
  };
}

/** Of a state to which nothing has happened. */
export function layoutOf(fresh: GatewayParts): string {
  return hash('sha256', bytesOf(fresh, '')).slice(0, LAYOUT_DIGITS);
}

/** Whether a build of this layout can go on from the bytes of a snapshot. */
export const isOfLayout = (bytes: Uint8Array, layout: string): boolean =>
  readerOf(bytes).text('layout', LAYOUT_DIGITS) === layout;

/** Fills fresh parts. Throws `bad-log` for a snapshot of another layout. */
export function restoreSnapshot(fresh: GatewayParts, bytes: Uint8Array, layout: string): void {
  if (!isOfLayout(bytes, layout)) {
    const message = 'the snapshot is of another build or configuration; replay the log instead';
    throw new OutriderError('bad-log', message);
  }
  const reader = readerOf(bytes);
  reader.text('layout', LAYOUT_DIGITS);
  readPlainData(reader, rootOf(fresh), rebuiltOf(fresh.state));
  reader.end('snapshot');
}

/**
 * Throws `replay` where the log says that another state stood here, or other bytes had been sent. A
 * mark of another build's layout is compared by what was sent alone.
 */
export function verifyMark(parts: GatewayParts, mark: SnapshotMark, layout: string): void {
  const { messages, tip } = chainOf(parts.state);
  if (messages !== mark.messages || tip !== mark.chainTip) {
    const ours = `the replay sent ${messages} messages, chain ${tip}`;
    throw different(`${ours}; the log says ${mark.messages}, chain ${mark.chainTip}`);
  }
  if (mark.layout !== layout) return;
  const { stateHash } = takeSnapshot(parts, layout).mark;
  if (stateHash === mark.stateHash) return;
  throw different(`the replay has state ${stateHash}, the log says ${mark.stateHash}`);
}

const different = (what: string) =>
  new OutriderError(
    'replay',
    `snapshot mark: ${what}. A record before it was changed, or this build steps otherwise`,
  );

function bytesOf(parts: GatewayParts, layout: string): Uint8Array {
  const writer = new ByteWriter({ bytesInitial: 1 << 20, bytesMax: SNAPSHOT_BYTES_MAX });
  writer.text('layout', layout, LAYOUT_DIGITS);
  writePlainData(writer, rootOf(parts), rebuiltOf(parts.state));
  return writer.written();
}

function rootOf({ state, framers }: GatewayParts) {
  return {
    state,
    stores: state.venues.map(({ store }) => store.data),
    halves: framers.map(({ half }) => half),
  };
}

/** What follows from configuration and kernels: a snapshot names it, a restart makes it anew. */
function rebuiltOf(state: GatewayState): object[] {
  const { config, units, wires, risk, tables, venues } = state;
  const parts = new Set<object>();
  const { topology, kernel } = risk;
  for (const each of [config, units, wires, topology, kernel, tables]) collect(each, parts);
  for (const { terms, session } of venues) {
    collect([terms, session.config], parts);
    parts.add(session.store);
  }
  return [...parts];
}

/** Each object within, in the order that the same configuration gives again. */
function collect(value: unknown, into: Set<object>): void {
  if (typeof value !== 'object' || value === null || into.has(value)) return;
  into.add(value);
  if (!ArrayBuffer.isView(value)) for (const each of Object.values(value)) collect(each, into);
}

function readerOf(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader();
  reader.reset(bytes);
  return reader;
}
