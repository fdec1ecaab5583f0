/**
 * The graphs of a model, checked in this order before a runtime sees them: size and hash against
 * the manifest, then the file's own ports, versions and contents against the manifest's signature,
 * and that against the documented one.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import { OutriderError } from '#engine';
import { readChecked } from '../checked-file.ts';
import type { Graph } from '../neural/graph-manifest.ts';
import {
  DRAFT_GRAPHS,
  type DraftGraph,
  type DraftSizes,
  draftSignatures,
  draftSizes,
  speculationMoves,
} from './draft-signature.ts';
import { readModel } from './model-proto.ts';
import { portsDifference, type Signature } from './ports.ts';
import {
  TARGET_GRAPHS,
  type TargetGraph,
  type TargetSizes,
  targetSignatures,
  targetSizes,
} from './target-signature.ts';

export type GraphName = TargetGraph | DraftGraph;

/** A graph that may be given to a runtime: its bytes are those that were checked. */
export type CheckedGraph = Signature & { readonly name: GraphName; readonly bytes: Uint8Array };

/** The graphs of one model; the hash covers all of them. */
export type CheckedGraphs = { readonly hash: string; readonly graphs: readonly CheckedGraph[] };

type Listed = Readonly<Record<string, Graph>>;
type Checked<Sizes> = CheckedGraphs & { readonly sizes: Sizes };

/** Throws `bad-model` naming the file, what was found, what was expected and the remedy. */
export function loadTargetGraphs(folder: string, listed: Listed): Checked<TargetSizes> {
  const sizes = sizesOf(TARGET_GRAPHS, { folder, listed, schema: targetSizes });
  return { ...load(folder, listed, targetSignatures(sizes)), sizes };
}

/** As above; `moves`: H of the speculation. */
export function loadDraftGraphs(
  folder: string,
  listed: Listed,
): Checked<DraftSizes> & { readonly moves: number } {
  const sizes = sizesOf(DRAFT_GRAPHS, { folder, listed, schema: draftSizes });
  const moves = speculationMoves(listed['draft-speculation']!);
  if (moves === undefined) {
    throw badGraph(folder, 'draft-speculation: noise has no H of 1 to 32 as its third size');
  }
  return { ...load(folder, listed, draftSignatures(sizes, moves)), sizes, moves };
}

type SizesOptions<Sizes> = {
  folder: string;
  listed: Listed;
  schema: z.ZodType<Sizes>;
};

/** What the manifest says of all graphs of a model, if it says the same of each. */
function sizesOf<Sizes>(
  names: readonly GraphName[],
  { folder, listed, schema }: SizesOptions<Sizes>,
): Sizes {
  const first = listed[names[0]!]?.signature.config;
  for (const name of names) {
    const graph = listed[name];
    if (graph === undefined) throw badGraph(folder, `${name}: not listed under onnx`);
    if (graph.signature.name !== `${name}/1`) {
      throw badGraph(folder, `${name}: signature ${graph.signature.name}, known is ${name}/1`);
    }
    const [here, there] = [graph.signature.config, first].map(config => JSON.stringify(config));
    if (here !== there) throw badGraph(folder, `${name}: config ${here}, ${names[0]} has ${there}`);
  }
  const { data, error } = schema.safeParse(first);
  if (data !== undefined) return data;
  throw badGraph(
    folder,
    `${names[0]}: config ${JSON.stringify(first)}: ${error?.issues[0]?.message}`,
  );
}

type Signatures = Readonly<Partial<Record<GraphName, Signature>>>;

function load(folder: string, listed: Listed, signatures: Signatures): CheckedGraphs {
  const graphs = (Object.keys(signatures) as GraphName[]).map(name => {
    const { inputs, outputs } = signatures[name]!;
    const graph = listed[name]!;
    const told = portsDifference(graph.signature, { inputs, outputs });
    if (told !== undefined) throw badGraph(folder, `${name}: signature: ${told}`);
    const path = join(folder, graph.file);
    const bytes = readChecked(path, graph);
    checkFile(path, bytes, graph);
    return { name, bytes, inputs, outputs };
  });
  const names = graphs.map(({ name }) => `${name} ${listed[name]!.sha256}\n`);
  return { hash: hash('sha256', names.join('')), graphs };
}

/** A file says what its manifest says of it, and holds nothing a runtime should not be given. */
export function checkFile(path: string, bytes: Uint8Array, { opset, ir, signature }: Graph): void {
  const bad = (what: string): never => {
    throw new OutriderError(
      'bad-model',
      `${path}: ${what}; export it again (models/training/README.md)`,
    );
  };
  const found = readModel(bytes, bad);
  if (found.ir !== ir) bad(`ir_version is ${found.ir}, the manifest says ${ir}`);
  if (found.opset !== opset) bad(`opset is ${found.opset}, the manifest says ${opset}`);
  const difference = portsDifference(found, signature);
  if (difference !== undefined) bad(difference);
}

function badGraph(folder: string, what: string): OutriderError {
  return new OutriderError(
    'bad-model',
    `${folder}: manifest, onnx: ${what}; docs/onnx.md has the signature: list such graphs`,
  );
}
