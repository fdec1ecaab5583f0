/** The protocol between edges and verifiers. */
export type {
  Answer,
  ContextUpdate,
  Refusal,
  SettledContext,
  Speculation,
  Verdict,
  VerifierLink,
  VerifierTerms,
} from './speculation.ts';
