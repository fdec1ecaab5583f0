/** Traces at a collector: a span that is lost would hide the slow tick that was looked for. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTraces } from './traces.ts';

type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
};
type OtlpRequest = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly value: object }[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
};

const ORIGIN = 1_795_737_600_000_000_000n;
let collector: Server;
let received: OtlpRequest[];
let status: number;
beforeEach(async () => {
  received = [];
  status = 200;
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      expect(request.url).toBe('/v1/traces');
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as OtlpRequest);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void collector.close());

const open = (every = 1) => {
  const { port } = collector.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/traces`;
  return openTraces({ url, service: 'outrider-edge', every, originNs: ORIGIN });
};
const spans = () =>
  received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(each => each.spans)),
  );

it('arrive whole: parts within their trace, to the nanosecond', async () => {
  const traces = open();
  traces.record({
    ...{ name: 'tick', startNs: 34_200_000_000_123, endNs: 34_200_000_004_123 },
    attributes: { instrument: 'EURUSD' },
    parts: [{ name: 'draft', startNs: 34_200_000_000_200, endNs: 34_200_000_001_200 }],
  });
  await traces.close();
  const [tick, draft] = spans();
  expect(tick).toMatchObject({
    name: 'tick',
    startTimeUnixNano: String(ORIGIN + 34_200_000_000_123n),
    endTimeUnixNano: String(ORIGIN + 34_200_000_004_123n),
    attributes: [{ key: 'instrument', value: { stringValue: 'EURUSD' } }],
  });
  expect(draft).toMatchObject({
    name: 'draft',
    traceId: tick!.traceId,
    parentSpanId: tick!.spanId,
  });
  const [{ resource }] = received[0]!.resourceSpans as [OtlpRequest['resourceSpans'][number]];
  expect(JSON.stringify(resource)).toContain('outrider-edge');
});

it('are taken one in so many', () => {
  const traces = open(5);
  const taken = Array.from({ length: 50 }, () => traces.take()).filter(Boolean);
  expect(taken.length).toBe(10);
  return traces.close();
});

it('never fill memory nor hold up an end where no collector answers', async () => {
  collector.close();
  const traces = openTraces({
    ...{ url: 'http://127.0.0.1:1/v1/traces', service: 'x', every: 1, originNs: ORIGIN },
  });
  for (let index = 0; index < 10_000; index++) {
    traces.record({ name: 'tick', startNs: index, endNs: index + 1 });
  }
  const before = performance.now();
  await traces.close();
  expect(performance.now() - before).toBeLessThan(15_000);
}, 30_000);

it('are refused settings that are none', () => {
  const settings = { service: 'x', originNs: ORIGIN };
  expect(() => openTraces({ ...settings, url: 'collector:4318', every: 1 })).toThrow(/give http/);
  expect(() => openTraces({ ...settings, url: 'http://x', every: 0 })).toThrow(/give 1 or more/);
});
