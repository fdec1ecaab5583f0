/** What an edge asks of a verifier, and what it gets: a speculation and its verdict. */
import type { SideInputUpdate } from './side-input-update.ts';

/** The context as the verifier must come to hold it: all C pairs, or the moves since the last. */
export type ContextUpdate =
  | { kind: 'whole'; tokens: Uint8Array; codes: Uint8Array; scale: number }
  | { kind: 'moves'; tokens: Uint8Array };

export type Speculation = {
  /** Counts up within a connection's life; the answer, one a request, names it. */
  requestId: number;
  /** Index into the instruments of the session that was opened. */
  instrument: number;
  epoch: number;
  /** Index of the next move, after the update. */
  moveIndex: number;
  update: ContextUpdate;
  /** What all contexts of the request are read under. */
  sideInputs: SideInputUpdate;
  /** Identity of the present context's forecast, 32 hex digits: the request hash. */
  identity: string;
  /** Time left until the edge's deadline; a verifier drops what it cannot answer in time. */
  budgetNs: number;
  /** Whether the present context itself is asked for, not only what the next move may bring. */
  wantsPresent: boolean;
  /** Tokens of the next move to settle a context for, likeliest first. */
  branches: Uint8Array;
  /** The edge's drafts, `[context][path][move]`, the present first; absent without draft. */
  hints: Uint8Array | undefined;
};

export type SettledContext = {
  /** Token of the assumed next move; undefined for the present context. */
  branch: number | undefined;
  /** Moves the target accepted of the first draft, one a path. */
  accepted: Uint8Array;
  /** The settled moves, `[path][move]`. */
  tokens: Uint8Array;
  /** See law/forecast.ts for the layout. */
  forecast: Int32Array;
};

export type Verdict = {
  requestId: number;
  instrument: number;
  epoch: number;
  moveIndex: number;
  identity: string;
  /** Time the verifier worked on it, waiting not counted. */
  serviceNs: number;
  passes: number;
  drafted: number;
  accepted: number;
  verified: number;
  /** Those asked for, in their order, the present first. */
  contexts: SettledContext[];
};

/**
 * Why a request got no verdict: its budget ran out (`expired`), too many wait (`overloaded`), a
 * newer request showed that the market has left its present and its branches behind it while it
 * waited (`superseded`), it breaks the terms (`bad-request`), or moves are missing: `resync` asks
 * for the whole context with the next request. The moves of requests expired, overloaded and
 * superseded are known all the same, or a `resync` follows.
 */
export type Refusal = {
  requestId: number;
  reason: 'resync' | 'expired' | 'overloaded' | 'bad-request' | 'superseded';
  detail: string;
};

/** What both sides must agree on before the first request. */
export type VerifierTerms = {
  modelHash: string;
  kernel: string;
  /** Hash of the draft copy; empty where the edge drafts nothing. */
  draftHash: string;
  seed: number;
  paths: number;
  moves: number;
  contextMoves: number;
  /** K of the target. */
  sideInputs: number;
  branchesMax: number;
  /** Symbols in the order requests number them. */
  symbols: string[];
};

export type Answer = { kind: 'verdict'; verdict: Verdict } | { kind: 'refusal'; refusal: Refusal };

/** The link as the edge sees it: sends never wait, answers come when they come. */
export type VerifierLink = {
  /** False where the request was not sent: the link is down or its queue is full. */
  send(request: Speculation): boolean;
  readonly state: 'up' | 'down';
};
