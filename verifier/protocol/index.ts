/** The protocol between edges and verifiers. */
export type { SideInputUpdate } from './side-input-update.ts';
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
