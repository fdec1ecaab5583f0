/** A producer on the client's connections: idempotent, and transactional where it has an id. */

import { initProducerIdV4 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { GroupIdentity, Producer, ProducerOptions, Transaction } from '../producer.ts';
import type { OutgoingRecord, PartitionOffset, TopicPartition } from '../record.ts';
import { type Cluster, REQUEST_MS } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import { retrying } from './retrying.ts';
import { createSender, type ProducerIdentity, type Sender } from './sender.ts';
import { transactionMembers } from './transaction-members.ts';
import { addOffsets, type Coordination, endTransaction, initProducer } from './transactions.ts';

const TRANSACTION_TIMEOUT_MS = 60_000;
const LINGER_MS_MAX = 1;

export async function openProducer(cluster: Cluster, options: ProducerOptions): Promise<Producer> {
  const { lingerMs = 0, compression = 'none', transactionalId, fencingId } = options;
  if (!(lingerMs >= 0 && lingerMs <= LINGER_MS_MAX)) {
    throw new OutriderError('bad-config', `lingerMs: ${lingerMs}; give 0 to ${LINGER_MS_MAX}`);
  }
  requireOneId(options);
  const links = cluster.openLinks(REQUEST_MS);
  const timeoutMs = options.transactionTimeoutMs ?? TRANSACTION_TIMEOUT_MS;
  const id = transactionalId ?? fencingId;
  const coordination = id === undefined ? undefined : { cluster, links, transactionalId: id };
  try {
    const identity = coordination
      ? await initProducer(coordination, timeoutMs)
      : await idempotentProducer(cluster);
    const sender = createSender(
      { cluster, links, compression, lingerMs, transactionalId },
      identity,
    );
    const close = async () => {
      await sender.settled();
      await links.close();
    };
    // Of an id for fencing the epoch is all that is used: leaders refuse batches of an older one.
    if (coordination === undefined || transactionalId === undefined) {
      return { send: sender.send, begin: noTransactions, close };
    }
    return transactionalProducer(
      { coordination, timeoutMs, identity, sender, partitions: [], fenced: undefined },
      close,
    );
  } catch (error) {
    await links.close();
    throw error;
  }
}

function requireOneId({ transactionalId, fencingId }: ProducerOptions): void {
  if (transactionalId === undefined || fencingId === undefined) return;
  const remedy = 'give transactionalId for transactions, fencingId for sends alone';
  throw new OutriderError('bad-config', `fencingId: beside a transactionalId; ${remedy}`);
}

async function idempotentProducer(cluster: Cluster): Promise<ProducerIdentity> {
  return retrying('id of a producer', async () => {
    const { api } = initProducerIdV4;
    const answer = await cluster.ask(api, null, TRANSACTION_TIMEOUT_MS);
    const { errorCode, producerId, producerEpoch } = answer;
    if (errorCode !== ERROR.none) return { errorCode };
    return { done: { producerId: Number(producerId), producerEpoch } };
  });
}

async function noTransactions(): Promise<never> {
  throw new OutriderError('bad-usage', 'begin: the producer has no transactionalId; give one');
}

type State = {
  readonly coordination: Coordination;
  readonly timeoutMs: number;
  readonly sender: Sender;
  identity: ProducerIdentity;
  /** Of the transaction before: the next most likely has them too. */
  partitions: readonly TopicPartition[];
  /** A younger producer has the id: this one begins nothing more. */
  fenced: OutriderError | undefined;
};

function transactionalProducer(state: State, close: () => Promise<void>): Producer {
  let open: Transaction | undefined;
  return {
    async send() {
      const remedy = 'begin a transaction, or open a producer without a transactionalId';
      throw new OutriderError('bad-usage', `send outside of a transaction: ${remedy}`);
    },
    async begin() {
      if (open !== undefined) {
        throw new OutriderError('bad-usage', 'begin: a transaction is open; end it first');
      }
      const failure = state.fenced ?? state.sender.failure();
      if (failure !== undefined) throw failure;
      open = createTransaction(state, () => {
        open = undefined;
      });
      return open;
    },
    async close() {
      try {
        await open?.abort();
      } finally {
        await close();
      }
    },
  };
}

function createTransaction(state: State, onEnd: () => void): Transaction {
  const { coordination, sender } = state;
  const joined = transactionMembers(state);
  const failed = firstFailure();
  let isOver = false;
  const requireOpen = () => {
    if (isOver) throw overError();
  };
  const end = async (how: 'commit' | 'abort') => {
    if (joined.hasAny()) await endTransaction(coordination, state.identity, how);
    state.partitions = joined.written();
    isOver = true;
    onEnd();
  };
  return {
    async announce(group: GroupIdentity) {
      requireOpen();
      await failed.by(Promise.all([joined.addGroup(group), joined.expect(state.partitions)]));
    },
    async send(records: readonly OutgoingRecord[]) {
      requireOpen();
      await failed.by(joined.add(records).then(() => sender.send(records)));
    },
    async addOffsets(group: GroupIdentity, offsets: readonly PartitionOffset[]) {
      requireOpen();
      if (offsets.length === 0) return;
      const move = () => addOffsets(coordination, state.identity, { group, offsets });
      await failed.by(joined.addGroup(group).then(move));
    },
    async commit() {
      requireOpen();
      await joined.settled();
      await sender.settled();
      if (failed.error !== undefined) throw failed.error;
      await failed.by(end('commit'));
    },
    async abort() {
      if (isOver) return;
      sender.drop(new OutriderError('bad-usage', 'the transaction was aborted'));
      await joined.settled();
      await sender.settled();
      try {
        await end('abort');
        if (failed.error !== undefined) await beginAnew(state);
      } catch (error) {
        if (!(error instanceof OutriderError) || error.code !== 'fenced') throw error;
        // Whoever fenced this producer has aborted the transaction, too.
        state.fenced = error;
        isOver = true;
        onEnd();
      }
    },
  };
}

/** Of a transaction's steps: it cannot be committed any more. */
function firstFailure() {
  const failed = {
    error: undefined as unknown,
    async by<Value>(step: Promise<Value>): Promise<Value> {
      try {
        return await step;
      } catch (error) {
        failed.error ??= error;
        throw error;
      }
    },
  };
  return failed;
}

const overError = () => new OutriderError('bad-usage', 'the transaction has ended; begin another');

/** Which batches stand is not known after a failure: a new epoch begins its sequences anew. */
async function beginAnew(state: State): Promise<void> {
  const { coordination, timeoutMs, sender } = state;
  state.identity = await initProducer(coordination, timeoutMs, state.identity);
  sender.identify(state.identity);
}
