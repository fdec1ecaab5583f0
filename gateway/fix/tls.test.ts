/** FIX bytes under TLS, each side knowing who the other one is. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wallClock, wallTimers } from '#engine';
import { type Certificates, hasOpenssl, makeCertificates } from '../testing/certificates.ts';
import { connectFix, listenFix, type TlsIdentity } from './tcp.ts';

const clock = wallClock(0n);
const options = { clock, timers: wallTimers(clock) };

describe.skipIf(!hasOpenssl())('connections under TLS (needs openssl)', () => {
  let made: Certificates;
  let authorities: string;
  beforeAll(() => {
    made = makeCertificates();
    authorities = made.authority.certificate;
  });
  afterAll(() => rmSync(made.directory, { recursive: true }));

  /** What the venue hears, and how the client's connection ends. */
  async function exchange(identity: TlsIdentity | undefined) {
    const heard = Promise.withResolvers<string>();
    const ended = Promise.withResolvers<string>();
    const server = await listenFix(
      { port: 0, tls: { ...made.venue, authorities } },
      () => ({ onBytes: bytes => heard.resolve(bytes.toString()), onClose() {} }),
      options,
    );
    try {
      const connection = await connectFix(
        { port: server.port, tls: identity },
        { onBytes() {}, onClose: reason => ended.resolve(reason) },
        options,
      );
      connection.write(Buffer.from('order'));
      const silence = ended.promise.then(reason => `ended: ${reason}`);
      return await Promise.race([heard.promise, silence]);
    } finally {
      await server.close();
    }
  }

  it('carry bytes between sides that know each other', async () => {
    const { certificate, key } = made.client;
    expect(await exchange({ authorities, certificate, key })).toBe('order');
  });

  /** Refused before or after the client's side of the handshake was over, as the packets fall. */
  async function refused(identity: TlsIdentity) {
    return await exchange(identity).catch((error: Error) => `ended: ${error.message}`);
  }

  it('end for a client without a certificate: the venue must know who trades', async () => {
    expect(await refused({ authorities })).toMatch(/^ended: /);
  });

  it('end for a client that another authority vouches for', async () => {
    const { certificate, key } = made.stranger;
    expect(await refused({ authorities, certificate, key })).toMatch(/^ended: /);
  });

  it('end for a client that speaks plainly', async () => {
    expect(await exchange(undefined)).toMatch(/^ended: /);
  });

  it('are not made to a venue that is not the one expected', async () => {
    const { certificate, key } = made.client;
    const identity = { authorities, certificate, key, serverName: 'other.example' };
    await expect(exchange(identity)).rejects.toThrow(/connect to .*other\.example/);
    const unknown = { authorities: made.stranger.certificate, certificate, key };
    await expect(exchange(unknown)).rejects.toMatchObject({ code: 'network' });
  });

  it('name what is wrong with a certificate', async () => {
    const identity = { authorities, certificate: 'none', key: made.client.key };
    await expect(exchange(identity)).rejects.toMatchObject({ code: 'bad-config' });
  });
});
