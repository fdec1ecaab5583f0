/** Cuts a byte stream into FIX messages, whatever the segments, and recovers after garbage. */
import {
  createFrameScan,
  FRAME,
  FRAME_KINDS,
  type FrameScan,
  GARBAGE,
  type Kernels,
  loadedKernels,
} from '#native';

/** What a stretch of bytes that is no message was. */
export type GarbageReason = (typeof GARBAGE)[keyof typeof GARBAGE];

export type FramerHandler = {
  /** A message at the frame's place, before it is copied: true if that was all there is to do. */
  onPlace?(): boolean;
  /** One framed FIX 4.4 message: its length and checksum hold; the bytes are the handler's own. */
  onMessage(bytes: Buffer): void;
  /** Called once for a stretch of garbage, as soon as it is known to be one. */
  onGarbage(reason: GarbageReason): void;
};

export type Framer = {
  /** All it remembers between two chunks, for a snapshot. */
  readonly half: HalfMessage;
  push(chunk: Uint8Array): void;
  /** Forgets a half message: for the next connection. */
  reset(): void;
};

/** The memory that the scan is bound to: it must be filled, never replaced. */
export type HalfMessage = Pick<FrameScan, 'bytes' | 'frame'> & {
  /** True while the bytes at hand were already reported as garbage. */
  skipping: boolean;
};

export type FramerOptions = {
  /**
   * Where the search goes on after a BodyLength that leads to no CheckSum: at the next byte, so
   * that no sound message is lost, or as QuickFIX does behind all that the length claims.
   */
  recovery?: 'next-byte' | 'claimed-end';
};

type Framing = {
  readonly handler: FramerHandler;
  readonly recovery: 'next-byte' | 'claimed-end';
  readonly scan: FrameScan;
  readonly half: HalfMessage;
};

/** Holds at most one message of MESSAGE_BYTES_MAX bytes; results do not depend on the segments. */
export function createFramer(
  handler: FramerHandler,
  { recovery = 'next-byte' }: FramerOptions = {},
  kernels: Kernels = loadedKernels.kernels,
): Framer {
  const scan = createFrameScan(kernels);
  const half = { bytes: scan.bytes, frame: scan.frame, skipping: false };
  const framing: Framing = { handler, recovery, scan, half };
  return {
    half,
    push(chunk) {
      for (let from = 0; from < chunk.length; ) from += take(framing, chunk, from);
    },
    reset() {
      scan.frame[FRAME.start] = 0;
      scan.frame[FRAME.end] = 0;
      half.skipping = false;
    },
  };
}

/** Takes what fits of a chunk from a place on, and returns how many bytes did. */
function take(framing: Framing, chunk: Uint8Array, from: number): number {
  const { bytes, frame } = framing.scan;
  const start = frame[FRAME.start]!;
  if (start > 0) {
    if (start < frame[FRAME.end]!) bytes.copyWithin(0, start, frame[FRAME.end]!);
    frame[FRAME.end]! -= start;
    frame[FRAME.start] = 0;
  }
  const end = frame[FRAME.end]!;
  const taken = Math.min(chunk.length - from, bytes.length - end);
  bytes.set(taken === chunk.length ? chunk : chunk.subarray(from, from + taken), end);
  frame[FRAME.end] = end + taken;
  drain(framing);
  return taken;
}

function drain(framing: Framing): void {
  const { bytes, frame } = framing.scan;
  for (;;) {
    const kind = framing.scan.scan();
    const at = frame[FRAME.at]!;
    if (at > frame[FRAME.start]!) reportGarbage(framing, 'noise');
    frame[FRAME.start] = at;
    if (kind === FRAME_KINDS.wait) return;
    if (kind !== FRAME_KINDS.message) {
      skip(framing, GARBAGE[kind as keyof typeof GARBAGE]);
      continue;
    }
    framing.half.skipping = false;
    const end = at + frame[FRAME.bytes]!;
    frame[FRAME.start] = end;
    if (framing.handler.onPlace?.() === true) continue;
    // The memory is used again: a message is its handler's own.
    const message = Buffer.allocUnsafe(end - at);
    message.set(bytes.subarray(at, end));
    framing.handler.onMessage(message);
  }
}

function skip(framing: Framing, reason: GarbageReason): void {
  const { frame } = framing.scan;
  const [skipped, claimed] = [frame[FRAME.bytes]!, frame[FRAME.claimed]!];
  if (reason !== 'noise') framing.half.skipping = false;
  reportGarbage(framing, reason);
  const bytes = framing.recovery === 'claimed-end' ? Math.max(skipped, claimed) : skipped;
  framing.half.skipping = bytes === 1;
  frame[FRAME.start]! += bytes;
}

function reportGarbage(framing: Framing, reason: GarbageReason): void {
  if (!framing.half.skipping) framing.handler.onGarbage(reason);
  framing.half.skipping = true;
}
