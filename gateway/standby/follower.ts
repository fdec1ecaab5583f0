/** The standby's side of replication: it keeps each record, says so, and steps it. */
import { OutriderError } from '#engine';
import type { FromPrimary, ToPrimary } from './peer-messages.ts';
import type { PeerHandler, PeerLink } from './replication.ts';

export type FollowerPorts = {
  /** Begins an empty log; one that is there has this origin and name, or `end` is called. */
  begin(originNs: bigint): void;
  /** Of this log; '' while it is empty. */
  logName(): string;
  nextOffset(): number;
  tailHash(offset: number): string;
  /**
   * What this log has from here on never left the primary that wrote it: it is cut. The link is
   * ended, and another hello begins anew.
   */
  cut(fromOffset: number): void;
  /**
   * Appends copies, in order; they outlive this process, or this machine, when it returns. Throws
   * an OutriderError where it cannot.
   */
  append(payloads: readonly Uint8Array[]): void;
  /** Steps what was appended last. */
  step(payloads: readonly Uint8Array[]): void;
  /** Hash of all bytes that this node would have sent so far. */
  outputsHash(): string;
  /** Both nodes made different bytes of the same records: this one must never trade. */
  onDivergence(text: string): void;
  /** This log takes nothing: the node is no standby. */
  onUnkept(text: string): void;
  onLinked(): void;
  onHeartbeat(heartbeatNs: number): void;
  onUnlinked(): void;
  /** Runs a callback when all that has arrived so far was handed in. */
  afterBatch(callback: () => void): void;
};

type Work = {
  ports: FollowerPorts;
  link: PeerLink<ToPrimary>;
  isWelcome: boolean;
  batch: Uint8Array[];
  isOver: boolean;
};

/** Handles what a primary says to a standby that has said hello over this link. */
export function createFollower(
  link: PeerLink<ToPrimary>,
  ports: FollowerPorts,
): PeerHandler<FromPrimary> {
  const work: Work = { ports, link, isWelcome: false, batch: [], isOver: false };
  return {
    onMessage(message) {
      if (!work.isOver) take(work, message);
    },
    onClosed() {
      work.isOver = true;
      if (work.isWelcome) ports.onUnlinked();
    },
  };
}

function take(work: Work, message: FromPrimary): void {
  const { ports, link } = work;
  if (message.kind === 'welcome') {
    greet(work, message);
    return;
  }
  if (!work.isWelcome) {
    refuse(work, `${message.kind} came before welcome`);
    return;
  }
  switch (message.kind) {
    case 'record':
      takeRecord(work, message);
      return;
    case 'outputs':
      finishBatch(work);
      compare(work, message);
      return;
    case 'heartbeat':
      finishBatch(work);
      ports.onHeartbeat(message.heartbeatNs);
      return;
    case 'report':
      link.end('a report was not asked for');
      return;
  }
}

type Welcome = Extract<FromPrimary, { kind: 'welcome' }>;

function greet(work: Work, { originNs, log, fromOffset }: Welcome): void {
  const { ports, link } = work;
  ports.begin(originNs);
  const ours = ports.logName();
  const nextOffset = ports.nextOffset();
  if (work.isWelcome || fromOffset > nextOffset || (ours !== '' && ours !== log)) {
    refuse(work, `welcome is to log ${log} from record ${fromOffset}, not to the one here`);
    return;
  }
  if (fromOffset < nextOffset) {
    refuse(work, `records from ${fromOffset} on are void here: they are cut first`);
    ports.cut(fromOffset);
    return;
  }
  work.isWelcome = true;
  ports.onLinked();
  link.send({ kind: 'tail', hash: ports.tailHash(fromOffset) });
}

function takeRecord(
  work: Work,
  { offset, payload }: { offset: number; payload: Uint8Array },
): void {
  const expected = work.ports.nextOffset() + work.batch.length;
  if (offset !== expected) {
    refuse(work, `record ${offset} came where ${expected} is next`);
    return;
  }
  work.batch.push(payload);
  if (work.batch.length === 1) work.ports.afterBatch(() => finishBatch(work));
}

/** Kept first, acknowledged next, stepped last: the primary waits for the first alone. */
function finishBatch(work: Work): void {
  const { ports, link, batch } = work;
  if (batch.length === 0 || work.isOver) return;
  work.batch = [];
  if (!keep(work, batch)) return;
  link.send({ kind: 'ack', nextOffset: ports.nextOffset() });
  ports.step(batch);
}

/** False where this node's disk takes nothing: what it has not kept it must not acknowledge. */
function keep(work: Work, batch: readonly Uint8Array[]): boolean {
  try {
    work.ports.append(batch);
    return true;
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    refuse(work, error.message);
    work.ports.onUnkept(error.message);
    return false;
  }
}

function compare(work: Work, { offset, hash }: { offset: number; hash: string }): void {
  const { ports } = work;
  // The records behind it may be under way already, but none is stepped here yet.
  if (offset !== ports.nextOffset() - 1) return;
  const ours = ports.outputsHash();
  if (hash === ours) return;
  const text = `after record ${offset} the primary has sent bytes with hash ${hash}, this ${ours}`;
  refuse(work, `divergence: ${text}`);
  ports.onDivergence(text);
}

function refuse(work: Work, reason: string): void {
  work.isOver = true;
  work.link.end(reason);
}
