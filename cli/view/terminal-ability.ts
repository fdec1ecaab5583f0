/** What a stream's terminal can show: a screen that redraws, and colours. */

export type TerminalAbility = {
  /** False for a pipe, a file and a terminal that cannot move its cursor: print plain lines. */
  isScreen: boolean;
  color: boolean;
};

/** Colours follow the conventions NO_COLOR and FORCE_COLOR. */
export function terminalAbility(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
): TerminalAbility {
  const isScreen = stream.isTTY === true && environment.TERM !== 'dumb';
  return { isScreen, color: isScreen && stream.hasColors(16, environment) };
}
