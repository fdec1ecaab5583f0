/** What names a forecast and keys its noise: hashes of a context and of what runs on it. */
import { hash } from 'node:crypto';
import { invariant } from '#engine';
import { type Context, isReady } from './context.ts';

/** What belongs to a forecast's identity beside the context. */
export type RunIdentity = {
  modelHash: string;
  kernel: string;
  seed: number;
  paths: number;
  moves: number;
};

/** The identity of the forecast of a context: 32 hex digits. */
export function forecastIdentity(context: Context, run: RunIdentity): string {
  invariant(isReady(context), 'only a full context has an identity');
  let pairs = `${context.tokens[0]}:${context.codes[0]}`;
  for (let i = 1; i < context.contextMoves; i++) {
    pairs += `,${context.tokens[i]}:${context.codes[i]}`;
  }
  const text =
    `outrider context 1\n${context.symbol}\n${context.epoch}\n${context.moveIndex}\n${pairs}\n` +
    `${context.scale}\n${context.sideInputs.version}\n${run.modelHash}\n${run.kernel}\n` +
    `${run.seed}\n${run.paths}\n${run.moves}\n`;
  return hash('sha256', text).slice(0, 32);
}

/** The two words of the noise key of an epoch of an instrument. */
export function noiseKey(seed: number, symbol: string, epoch: number): readonly [number, number] {
  const bytes = hash('sha256', `outrider noise 1\n${seed}\n${symbol}\n${epoch}\n`, 'buffer');
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
