/** Extracts of orders from the logs of a run, or from a gateway's own. */
import { join } from 'node:path';
import { OutriderError } from '#engine';
import {
  collectOrders,
  type ExtractItem,
  type GatewayState,
  type JudgedIntent,
  type OrderCollector,
  type OrderCollectorOptions,
  type OrderExtract,
  type Signal,
  tracingKernels,
} from '#gateway';
import { loadedKernels } from '#native';
import { hasEdgeLog, readEdgeGrounds } from './edge-grounds.ts';
import { replayGateway } from './replay-logs.ts';

/** Of every order in the logs of a folder, or of the one that had this ClOrdID at some time. */
export function extractOrders(directory: string, clientOrderId?: string): OrderExtract[] {
  if (clientOrderId === undefined) return collect(directory, () => true).extracts();
  const followed = replayed(directory, { isWanted: () => false, groundsOf: () => [] });
  const order = followed.rootOf(clientOrderId);
  if (order === undefined) {
    const message = `order ${clientOrderId}: not in ${directory}; without --order all are listed`;
    throw new OutriderError('bad-usage', message);
  }
  return collect(directory, each => each === order).extracts();
}

function collect(directory: string, isWanted: (order: string) => boolean): OrderCollector {
  const edgeLog = join(directory, 'edge.log');
  const groundsOf: (signal: Signal) => ExtractItem[] = hasEdgeLog(edgeLog)
    ? readEdgeGrounds(edgeLog)
    : () => [];
  return replayed(directory, { isWanted, groundsOf });
}

/** Risk goes by its twin, which says what it asks: the bytes are the same. */
function replayed(directory: string, options: OrderCollectorOptions): OrderCollector {
  let judged: JudgedIntent[] = [];
  let collector: OrderCollector | undefined;
  let payload: Uint8Array = new Uint8Array();
  const ports = {
    ...{ connected() {}, message() {}, signal() {} },
    begun(state: GatewayState) {
      collector = collectOrders(state, options);
    },
    record(logged: { payload: Uint8Array }) {
      payload = logged.payload;
    },
    stepped: (offset, effects, event) => {
      collector?.take({ offset, payload, event, effects, judged });
      judged = [];
    },
  } satisfies Parameters<typeof replayGateway>[1];
  const kernels = tracingKernels(loadedKernels.kernels, each => judged.push(each));
  replayGateway(join(directory, 'gateway.log'), ports, { kernels });
  return collector!;
}
