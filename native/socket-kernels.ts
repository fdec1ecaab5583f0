/** What the addon offers in place of Node's streams; there is no twin of it, but Node's own. */

export type SocketBuffers = {
  /** Written before each event that says how much. */
  readonly received: Uint8Array;
  /** Read by `send(count)`. */
  readonly sent: Uint8Array;
};

/** Numbers in and out, so that a call costs no allocation. */
export type SocketFunctions = {
  /** Hands the first bytes of `sent` to the system; how many it took, or BROKEN. */
  send(count: number): number;
  /** 1: tell of bytes; 2: of room to write; 3: of both. 0 where the socket is closed. */
  watch(events: number): number;
  /** How many microseconds to look for more after bytes came, in place of parking at once. */
  linger(microseconds: number): number;
  /** No more bytes leave; 0 where that fails. */
  finish(): number;
  close(): number;
  /** Why the socket is broken. */
  problem(): string;
};

export type SocketKernels = {
  /** Works on a descriptor of its own for the caller's connection; throws where it cannot. */
  openSocket?(
    descriptor: number,
    buffers: SocketBuffers,
    onEvent: (event: number) => void,
  ): SocketFunctions;
};
