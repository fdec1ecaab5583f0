/** Order extracts of a real run: without these, they could say what neither log nor venue says. */
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ByteReader, readLog } from '#engine';
import { type OrderExtract, readGatewayRecord } from '#gateway';
import { newRunFolder, runCommand } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const folder = newRunFolder();
const file = `${folder}-extracts.json`;
let extracts: OrderExtract[];

beforeAll(async () => {
  if (!hasData) return;
  const run = ['run', '--ticks', EURUSD, '--lockstep', '--duration', '10m', '--out', folder];
  expect(await runCommand(run)).toMatchObject({ status: 0 });
  const { stdout } = await runCommand(['orders', folder, '--json']);
  extracts = JSON.parse(stdout);
  writeFileSync(file, stdout);
});

describe.skipIf(!hasData)('outrider orders (needs OUTRIDER_DATA)', () => {
  it('has every order message that the venue received', () => {
    const received = readFileSync(join(folder, 'fix', 'venue-received.fix'), 'latin1');
    const messages = received.replaceAll('\u0001', '|').split(/(?<=\|10=\d{3}\|)/);
    const sent = extracts.flatMap(({ items }) =>
      items.flatMap(item => (item.kind === 'sent' ? [item.message] : [])),
    );
    expect(sent.length).toBeGreaterThan(4);
    expect(sent.toSorted()).toEqual(messages.filter(text => /\|35=[DFG]\|/.test(text)).toSorted());
  });

  it('names under each new order its tick, forecast and decision in the log of the edge', () => {
    const hashes = new Map<number, string>();
    for (const { offset, payload } of readLog({ directory: join(folder, 'edge.log') })) {
      hashes.set(offset, hash('sha256', payload));
    }
    for (const { items } of extracts) {
      const grounds = items.filter(({ place }) => place.log === 'edge.log');
      expect(grounds.slice(0, 3).map(({ kind }) => kind)).toEqual(['tick', 'forecast', 'decision']);
      for (const { place } of grounds) expect(place.sha256).toBe(hashes.get(place.record));
      const forecast = items.find(item => item.kind === 'forecast');
      const signal = items.find(item => item.kind === 'signal');
      expect(forecast).toMatchObject({ forecastId: signal!.forecastId, seed: 1 });
    }
  });

  it('finds one order by its name, and says CSV', async () => {
    const { order, items } = extracts[0]!;
    const { stdout } = await runCommand(['orders', folder, '--order', order, '--csv']);
    expect(stdout.trim().split('\n')).toHaveLength(items.length + 1);
    const unknown = await runCommand(['orders', folder, '--order', 'nobody']);
    expect(unknown).toMatchObject({ status: 2 });
    expect(unknown.stderr).toContain('order nobody: not in');
  });

  it('verifies a file, and finds what was changed in it', async () => {
    const [first] = extracts;
    const one = `${folder}-one.json`;
    writeFileSync(one, JSON.stringify(first));
    expect(await runCommand(['orders', folder, '--verify', one])).toMatchObject({ status: 0 });
    const planted = structuredClone(first!);
    const at = planted.items.findIndex(({ kind }) => kind === 'sent');
    const sent = planted.items[at]!;
    if (sent.kind === 'sent') sent.message = sent.message.replace('|38=', '|38=9');
    writeFileSync(one, JSON.stringify(planted));
    const found = await runCommand(['orders', folder, '--verify', one]);
    expect(found.status).toBe(1);
    expect(found.stderr).toContain(`order ${first!.order}: its sha256 is not that of its content`);
    expect(found.stderr).toContain(`order ${first!.order}.items[${at}].message: `);
  });
});

describe.skipIf(!hasData)('outrider report (needs OUTRIDER_DATA)', () => {
  const ofDay = ['report', folder, '--day', '2014-05-02'];

  it("says the run's own figures, and finds nothing against what the venue sent", async () => {
    const against = `${folder}-venue.fix`;
    writeFileSync(against, venueBytes());
    const { status, stdout } = await runCommand([...ofDay, '--against', against, '--json']);
    const { accounts, counts, reconciled, executions } = JSON.parse(stdout);
    const { orders, position } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(counts.sent).toBe(orders.sent);
    expect(accounts[0].lines[0].positionLots).toBe(position.EURUSD);
    expect(executions.length).toBeGreaterThan(0);
    expect(reconciled).toEqual({ matched: executions.length, differences: [], garbage: 0 });
    expect(status).toBe(0);
  });

  it('names the execution that a file lacks, with exit status 1', async () => {
    const against = `${folder}-less.fix`;
    const text = venueBytes().toString('latin1').replaceAll('\u0001', '|');
    const messages = text.split(/(?<=\|10=\d{3}\|)/);
    const at = messages.findIndex(each => each.includes('|150=F|'));
    const execId = messages[at]!.split('|17=')[1]!.split('|')[0];
    const less = messages.toSpliced(at, 1).join('').replaceAll('|', '\u0001');
    writeFileSync(against, less, 'latin1');
    const { status, stdout } = await runCommand([...ofDay, '--against', against]);
    expect(stdout).toContain(`difference: execution ${execId} of `);
    expect(stdout).toContain('1 differences');
    expect(status).toBe(1);
  });
});

/** What the venue sent to the gateway, out of the gateway's log. */
function venueBytes(): Buffer {
  const reader = new ByteReader();
  const pieces: Uint8Array[] = [];
  for (const { payload } of readLog({ directory: join(folder, 'gateway.log') })) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind === 'inbound') pieces.push(record.bytes);
  }
  return Buffer.concat(pieces);
}
