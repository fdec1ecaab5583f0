/**
 * What the broker alone takes for a record on a gateway's topic, and with our producer before it.
 *
 *     node bench/gateway/topic-round-trip.ts ADDRESS TOPIC BYTES
 *
 * One record after the other, each once all replicas in sync have the one before: first over a bare
 * socket, bytes that were made before, then by a producer that fences. Prints one line.
 */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { ProduceAcks, produceV9, Writer } from '@platformatic/kafka';
import { connectPlatformatic } from '#engine/broker';
import { percentiles } from './wire-signals.ts';

const RECORDS = 6_000;
const WARM_UP = 1_000;
const SECONDS_MAX = 80;
const PRODUCE = 0;
const VERSION = 9;
const FOLLOWERS_MS = 8_000;
/** Before a frame, of its bytes behind it. */
const LENGTH_BYTES = 4;

const [address, topic, size] = process.argv.slice(2);
if (address === undefined || topic === undefined || size === undefined) {
  throw new Error('give ADDRESS, TOPIC and BYTES');
}
const value = Buffer.alloc(Number(size), 7);
setTimeout(() => {
  console.error(`not done within ${SECONDS_MAX} s`);
  process.exit(1);
}, SECONDS_MAX * 1000).unref();

const socket = await bareSocket(address);
const bare = await timed(() => socket.roundTrip());
socket.close();
const broker = await connectPlatformatic({ addresses: [address] });
const producer = await broker.producer({ fencingId: topic });
const record = { topic, partition: 0, key: null, value, headers: [] };
const produced = await timed(() => producer.send([{ ...record, timestampMs: Date.now() }]));
await producer.close();
await broker.close();
console.log(JSON.stringify({ records: RECORDS - WARM_UP, bare, produced }));

async function timed(send: () => Promise<unknown>) {
  const takenNs: number[] = [];
  for (let count = 0; count < RECORDS; count++) {
    const startedMs = performance.now();
    await send();
    takenNs.push((performance.now() - startedMs) * 1e6);
  }
  return percentiles(takenNs.slice(WARM_UP));
}

/** A request of a producer without an id, which may say the same again and again. */
async function bareSocket(at: string) {
  const place = at.lastIndexOf(':');
  const open = createConnection({ host: at.slice(0, place), port: Number(at.slice(place + 1)) });
  open.setNoDelay(true);
  await once(open, 'connect');
  const request = requestBytes();
  return {
    roundTrip: () => {
      open.write(request);
      return answered(open);
    },
    close: () => open.destroy(),
  };
}

function requestBytes(): Buffer {
  const record = { topic: topic!, partition: 0, value, timestamp: BigInt(Date.now()) };
  const body = produceV9.createRequest(ProduceAcks.ALL, FOLLOWERS_MS, [record]);
  return Writer.create()
    .appendInt16(PRODUCE)
    .appendInt16(VERSION)
    .appendInt32(1)
    .appendString('round-trip', false)
    .appendTaggedFields()
    .appendFrom(body)
    .prependLength().buffer;
}

/** Once its answer is there as a whole; what it says is looked at by its error code alone. */
function answered(open: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let bytes: Buffer = Buffer.alloc(0);
  const hear = (more: Buffer) => {
    bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
    if (bytes.length < LENGTH_BYTES || bytes.length < LENGTH_BYTES + bytes.readInt32BE(0)) return;
    open.off('data', hear);
    open.off('close', end);
    const code = errorCode(bytes);
    if (code === 0) resolve();
    else reject(new Error(`the broker answers ${code}`));
  };
  const end = () => reject(new Error('the broker has closed the connection'));
  open.on('data', hear);
  open.once('close', end);
  return promise;
}

/*
   length 4 | correlation 4 | tags 1 | topics 1 | name 1 + bytes | partitions 1 | index 4 | code 2
*/
function errorCode(bytes: Buffer): number {
  return bytes.readInt16BE(LENGTH_BYTES + 4 + 1 + 1 + 1 + Buffer.byteLength(topic!) + 1 + 4);
}
