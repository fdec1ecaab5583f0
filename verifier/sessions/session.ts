/** A verifier's session with one edge: its contexts, kept in step, and its verdicts. */
import { type Clock, OutriderError } from '#engine';
import {
  addBranch,
  addPresent,
  appendToken,
  type Context,
  checkDraftSideInputs,
  createContext,
  createFollower,
  createNoiseWindow,
  createPathSet,
  createRunner,
  createSummariser,
  type Follower,
  type Forecast,
  forecastIdentity,
  type Model,
  type NoiseWindow,
  type PathSet,
  type Runner,
  resetPaths,
  type Settler,
  type Summariser,
  settle,
} from '#law';
import type { SettledContext, Speculation, Verdict, VerifierTerms } from '#verifier/protocol';
import { applyUpdate } from './apply-update.ts';

export type VerifierModels = {
  target: Model;
  /** The verifier's own copy of the edge's draft. */
  draft: Model | undefined;
};

export type SessionOptions = VerifierModels & {
  terms: VerifierTerms;
  /** Contexts packed into one pass of the target. */
  contextsPerPass: number;
  clock: Clock;
  /**
   * Works a forecast out only when it is read, by settling its context once more: the same bytes,
   * for a host that reads few of them and claims no latency.
   */
  isLazy: boolean;
};

export type VerifierSession = {
  /** Brings the context to the request's; `resync` where that cannot be. */
  update(request: Speculation): 'ok' | 'resync';
  /** Settles the speculation; `update` came before it. */
  settle(request: Speculation): Verdict;
};

type Workspace = {
  context: Context;
  set: PathSet;
  noise: NoiseWindow;
  target: Runner;
  draft: Runner | undefined;
  follower: Follower;
};

export function createVerifierSession(options: SessionOptions): VerifierSession {
  const { terms, clock } = options;
  const workspaces: (Workspace | undefined)[] = [];
  const again: (Workspace | undefined)[] = [];
  const summarise = createSummariser(options.target);
  checkSideInputs(options);
  const workspaceOf = (of: (Workspace | undefined)[], instrument: number) => {
    of[instrument] ??= createWorkspace(options, terms.symbols[instrument]!);
    return of[instrument];
  };

  /** The forecast of one context of a request, from a copy of what the request knew. */
  const settleAgain = (instrument: number, known: Context, branch: number | undefined) => {
    const workspace = workspaceOf(again, instrument);
    const context = { ...known, tokens: known.tokens.slice(), codes: known.codes.slice() };
    if (branch !== undefined) appendToken(context, branch);
    workspace.follower.forget();
    prepare({ ...workspace, context }, { wantsPresent: true, branches: NONE, hints: undefined });
    settle(settlerOf(workspace, options), workspace.set, false);
    return forecastAt(workspace, 0, summarise);
  };

  return {
    update(request) {
      const { context } = workspaceOf(workspaces, request.instrument);
      if (!applyUpdate(context, request)) return 'resync';
      return forecastIdentity(context, terms) === request.identity ? 'ok' : 'resync';
    },
    settle(request) {
      const startedNs = clock.nowNs();
      const { instrument, requestId, epoch, moveIndex, branches, wantsPresent } = request;
      const workspace = workspaceOf(workspaces, instrument);
      const { context, set } = workspace;
      prepare(workspace, request);
      const hinted = request.hints !== undefined;
      const counts = settle(settlerOf(workspace, options), set, hinted);
      const known = { ...context, tokens: context.tokens.slice(), codes: context.codes.slice() };
      const contexts = Array.from({ length: set.contexts }, (_, at) => {
        const branch = wantsPresent ? branches[at - 1] : branches[at];
        return options.isLazy
          ? lazily(pathsOf(set, at, branch), () => settleAgain(instrument, known, branch))
          : { ...pathsOf(set, at, branch), forecast: forecastAt(workspace, at, summarise) };
      });
      const serviceNs = clock.nowNs() - startedNs;
      const about = { requestId, instrument, epoch, moveIndex, identity: request.identity };
      return { ...about, serviceNs, ...counts, contexts };
    },
  };
}

/** Else requests would be read under too few of them, or too many. */
function checkSideInputs({ terms, target, draft }: SessionOptions): void {
  if (draft !== undefined) checkDraftSideInputs(target, draft);
  if (terms.sideInputs === target.sideInputs) return;
  const message = `sideInputs is ${terms.sideInputs}, the target takes ${target.sideInputs}`;
  throw new OutriderError('bad-model', `${message}; start both sides with the same model files`);
}

const NONE = new Uint8Array(0);

const settlerOf = ({ target, draft }: Workspace, { contextsPerPass }: SessionOptions): Settler => ({
  target,
  draft,
  contextsPerPass,
});

function createWorkspace({ terms, target, draft }: SessionOptions, symbol: string): Workspace {
  const { paths, moves, branchesMax: branches, seed } = terms;
  const set = createPathSet({ branches, paths, moves });
  const noise = createNoiseWindow({ paths, moves });
  const targetRunner = createRunner(target, noise, set);
  const draftRunner = draft === undefined ? undefined : createRunner(draft, noise, set);
  const runners = draftRunner === undefined ? [targetRunner] : [targetRunner, draftRunner];
  return {
    context: createContext(symbol, terms.contextMoves),
    set,
    noise,
    target: targetRunner,
    draft: draftRunner,
    follower: createFollower(seed, noise, runners),
  };
}

type Asked = Pick<Speculation, 'wantsPresent' | 'branches' | 'hints'>;

function prepare(
  { context, set, noise, target, draft, follower }: Workspace,
  request: Asked,
): void {
  const { moveIndex } = context;
  follower.follow(context);
  noise.cover(moveIndex, set.moves + 1);
  resetPaths(set, context.scale);
  target.evaluated = 0;
  if (draft !== undefined) draft.evaluated = 0;
  if (request.wantsPresent) addPresent(set, moveIndex);
  for (const token of request.branches) addBranch(set, token, moveIndex);
  if (request.hints !== undefined) set.tokens.set(request.hints);
}

type SettledPaths = Omit<SettledContext, 'forecast'>;

function pathsOf(
  { accepted, tokens, paths, moves }: PathSet,
  at: number,
  branch: number | undefined,
) {
  const first = at * paths;
  return {
    branch,
    accepted: accepted.slice(first, first + paths),
    tokens: tokens.slice(first * moves, (first + paths) * moves),
  } satisfies SettledPaths;
}

function forecastAt({ set, target }: Workspace, at: number, summarise: Summariser): Forecast {
  const { trie, nodes, paths, moves } = set;
  const nodesOffset = at * paths * moves;
  return summarise({ trie, nodes, nodesOffset, paths, moves, session: target.session });
}

function lazily(paths: SettledPaths, forecastOf: () => Forecast): SettledContext {
  let forecast: Forecast | undefined;
  return {
    ...paths,
    get forecast() {
      forecast ??= forecastOf();
      return forecast;
    },
  };
}
