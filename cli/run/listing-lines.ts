/** Limits and states of a gateway as lines for people. */
import type { RiskListing } from '#gateway';

/** Scopes of which nothing is to be said are left out. */
export function listingLines(listing: RiskListing): string[] {
  const { gateway, operators, scopes, doubts, waiting } = listing;
  const lines = [`gateway ${gateway}, operators ${operators.join(', ') || 'none'}`];
  for (const { scope, state, rule, limits, settings, today } of scopes) {
    const isPlain = state === 'active' && Object.keys({ ...limits, ...settings }).length === 0;
    if (isPlain) continue;
    const { news, amends, cancels, fills, overBudget } = today;
    const why = rule === undefined ? '' : ` by ${rule}`;
    const counts = `today ${news} new, ${amends} amended, ${cancels} cancelled, ${fills} filled`;
    lines.push(`${scope}: ${state}${why}; ${counts}, ${overBudget} beyond the cancel budget`);
    for (const [name, { soft, hard }] of Object.entries(limits)) {
      lines.push(`  ${name.padEnd(26)} soft ${soft ?? '-'}  hard ${hard ?? '-'}`);
    }
    for (const [name, value] of Object.entries(settings)) {
      lines.push(`  ${name.padEnd(26)} ${value}`);
    }
  }
  for (const { strategy, symbol, isInDoubt, missingOrders } of doubts) {
    const why = isInDoubt ? 'fills that do not fit: `outrider vouch`' : 'waits for them';
    lines.push(`in doubt: ${strategy} ${symbol}: ${missingOrders} orders lack fills; ${why}`);
  }
  for (const { action, operator, secondsLeft } of waiting) {
    lines.push(`waiting ${secondsLeft} s: ${operator} asked for ${JSON.stringify(action)}`);
  }
  return lines;
}
