/** Asks a running gateway through the socket in its folder. */
import { createConnection } from 'node:net';
import { type Clock, OutriderError, openFramedConnection, SECOND_NS, type Timers } from '#engine';
import { type ControlQuestion, questionFrame, readAnswer } from './control-protocol.ts';

/** A command waits for the log's disk and a standby. */
const ANSWER_NS = 10 * SECOND_NS;

/** Rejects with `network` where nobody answers there in time. */
export async function askControl(
  path: string,
  question: ControlQuestion,
  { clock, timers }: { clock: Clock; timers: Timers },
): Promise<unknown> {
  const answer = Promise.withResolvers<unknown>();
  const connection = openFramedConnection<unknown>(createConnection(path), {
    ...{ clock, timers, silenceNs: ANSWER_NS, decode: readAnswer },
    onMessage: answer.resolve,
    onClosed: reason =>
      answer.reject(
        new OutriderError(
          'network',
          `${path}: ${reason}; give the --out folder of a gateway that runs`,
        ),
      ),
  });
  connection.send(questionFrame(question));
  try {
    return await answer.promise;
  } finally {
    connection.end('answered');
  }
}
