/** The golden vectors of docs/law.md, as its fenced JSON blocks give them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NeuralShape } from '#native';

/** Two 32-bit words in hex, `0d3a4239 563f6b46`. */
type Words = string;

export type GoldenVectors = {
  threefry: { key: Words; counter: Words; bits: Words }[];
  gumbel: { sha256: string; entries: [index: number, value: number][] };
  thresholds: [code: number, scale: number][];
  scaleCodes: [scale: number, code: number][];
  ladders: Record<string, number[]>;
  tokens: { firstMid: number; quotes: GoldenQuote[] };
  noise: {
    seed: number;
    symbol: string;
    epoch: number;
    text: string;
    key: Words;
    values: [moveIndex: number, path: number, token: number, value: number][];
  };
  choice: { moveIndex: number; path: number; token: number; logits: number[] };
  probabilities: { logits: number[]; probabilities: number[]; entropyPpm: number };
  identity: { lines: string[]; id: string };
  forecast: { paths: number[][]; parts: string[] };
  neural: Record<'tokens' | 'codes' | 'parent' | 'token' | 'tokenCode' | 'code', number[]> & {
    nextCode: number;
  };
  window: {
    seed: number;
    config: WindowConfig;
    logits: number[];
    notReached: number[];
    horizons: number[];
    sha256: { logits: string; notReached: string; horizons: string };
  };
  gru: { seed: number; config: GruConfig; logits: number[]; sha256: { logits: string } };
  windowSide: {
    seed: number;
    config: WindowConfig;
    sideInputs: number[];
    logits: number[];
    sha256: Record<'logits' | 'notReached' | 'horizons', string>;
  };
  gruDurations: {
    seed: number;
    config: GruConfig;
    notReached: number[];
    sha256: { notReached: string };
  };
  gruSide: GoldenVectors['gru'] & { sideInputs: number[] };
};

type GruConfig = Extract<NeuralShape, { kind: 'gru' }>['config'];
type WindowConfig = Extract<NeuralShape, { kind: 'window' }>['config'];

/** Only the mid where the quote is no move. */
export type GoldenQuote =
  | [mid: number]
  | [mid: number, move: number, code: number, token: number, scale: number];

export function readGoldenVectors(): GoldenVectors {
  const law = readFileSync(fileURLToPath(new URL('../docs/law.md', import.meta.url)), 'utf8');
  const blocks = [...law.matchAll(/^```json\n(.*?)^```$/gms)].map(match => JSON.parse(match[1]!));
  return Object.assign({}, ...blocks);
}

export function wordsOf(text: Words): [number, number] {
  const [first, second] = text.split(' ');
  return [Number.parseInt(first!, 16), Number.parseInt(second!, 16)];
}
