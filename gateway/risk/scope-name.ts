/** Scopes by name, as desk files, commands and alerts say them. */
import type { ScopeKind } from './scope-layout.ts';
import type { RiskTopology } from './topology.ts';

export type ScopeName = {
  readonly kind: ScopeKind;
  /** Within its kind; the firm is 0. */
  readonly index: number;
};

/** Names of the scopes of a kind. */
export function namesOf(topology: RiskTopology, kind: ScopeKind): readonly string[] {
  switch (kind) {
    case 'firm':
      return FIRM;
    case 'venue':
      return topology.venues;
    case 'desk':
      return topology.desks;
    case 'strategy':
      return topology.strategies;
    case 'account':
      return topology.accounts;
    case 'instrument':
      return topology.instruments;
  }
}

const FIRM = ['firm'];

/** `firm`, or `strategy:alpha`, as desk files, commands and alerts say it. */
export function scopeText(topology: RiskTopology, { kind, index }: ScopeName): string {
  return kind === 'firm' ? 'firm' : `${kind}:${namesOf(topology, kind)[index]}`;
}

/** Undefined for a text that names no scope. */
export function parseScope(topology: RiskTopology, text: string): ScopeName | undefined {
  if (text === 'firm') return { kind: 'firm', index: 0 };
  const [kind, ...rest] = text.split(':');
  const found = KINDS.find(each => each === kind);
  if (found === undefined) return undefined;
  const index = namesOf(topology, found).indexOf(rest.join(':'));
  return index < 0 ? undefined : { kind: found, index };
}

const KINDS = ['venue', 'desk', 'strategy', 'account', 'instrument'] as const;
