/** The verifier: what edges connect to, and how they do. */
export {
  type ConnectedVerifier,
  type ConnectVerifierOptions,
  connectVerifier,
  type LinkChange,
} from './client/connect.ts';
export { LINK_SETTINGS, type LinkSettings } from './client/settings.ts';
export type { VerifierDescription } from './protocol/welcome.ts';
export { createSchedule, SCHEDULE_LIMITS } from './schedule/schedule.ts';
export type { Verify } from './schedule/verify.ts';
export { type ServeVerifierOptions, serveVerifier, type VerifierServer } from './serve.ts';
export { SERVER_LIMITS, type ServerLimits } from './server/limits.ts';
export {
  createVerifierSession,
  type SessionOptions,
  type VerifierModels,
  type VerifierSession,
} from './sessions/session.ts';
export { warmUp } from './sessions/warm-up.ts';
