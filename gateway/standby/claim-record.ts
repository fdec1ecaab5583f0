/** The record with which a node begins to trade, and what it does to a gateway. */
import type { ByteReader, ByteWriter } from '#engine';
import { NODE_NAME_BYTES_MAX } from './node-name.ts';

/*
 *  epoch-claim:   epoch varint | node text | operator text: '' where the witness granted it, two
 *                 names where it did not answer
 *  standby-state: standby text, '' for alone
 */
/** Two names and what parts them. */
const OPERATORS_BYTES_MAX = 2 * NODE_NAME_BYTES_MAX + 2;

export type ClaimFields = { epoch: number; node: string; operator: string };

export function writeClaim(writer: ByteWriter, { epoch, node, operator }: ClaimFields): void {
  writer.varint('epoch', epoch);
  writer.text('node', node, NODE_NAME_BYTES_MAX);
  writer.text('operator', operator, OPERATORS_BYTES_MAX);
}

export function readClaim(reader: ByteReader): ClaimFields {
  const epoch = reader.varint('epoch');
  const node = reader.text('node', NODE_NAME_BYTES_MAX);
  return { epoch, node, operator: reader.text('operator', OPERATORS_BYTES_MAX) };
}

/** Who trades by a gateway's log; of one without a standby all is as at first. */
export type Succession = {
  epoch: number;
  node: string;
  /** What is read belongs to an epoch that was over when it was written. */
  isVoid: boolean;
  /** Since the last record of that: the standby whose word is waited for, '' for alone. */
  standby: string | undefined;
};

export const createSuccession = (): Succession => ({
  ...{ epoch: 0, node: '', isVoid: false, standby: undefined },
});

/** Whether the claim holds: one that came too late voids what follows it instead. */
export function takeClaim(succession: Succession, { epoch, node }: ClaimFields): boolean {
  succession.isVoid = epoch <= succession.epoch;
  if (succession.isVoid) return false;
  succession.epoch = epoch;
  succession.node = node;
  succession.standby = undefined;
  return true;
}
