/** An echo verifier as a process of its own, to be stopped and killed. */

import { wallClock } from '#engine';
import { serveVerifier } from '../serve.ts';
import { ECHO_DESCRIPTION } from './echo-edge.ts';
import { openEchoSession } from './echo-session.ts';

// Called with the port to listen on and the origin of time, nanoseconds of a UTC midnight.
const [port = '0', originNs = '0'] = process.argv.slice(2);
const server = await serveVerifier({
  port: Number(port),
  createSession: openEchoSession,
  describe: ECHO_DESCRIPTION,
  clock: wallClock(BigInt(originNs)),
});
process.stdout.write(`${server.port}\n`);
