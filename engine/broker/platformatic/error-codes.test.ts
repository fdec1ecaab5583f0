/** What is tried again: an edge once ended for a fault that passed, which Kafka did not name. */

import { expect, it } from 'vitest';
import { ERROR } from './error-codes.ts';
import { retrying } from './retrying.ts';

it('a fault that Kafka does not name is tried again', async () => {
  let tries = 0;
  const answered = retrying('commit', async () => {
    return ++tries < 3 ? { errorCode: ERROR.unknownServerError } : { done: 'committed' };
  });
  expect(await answered).toBe('committed');
});

it('one that stays is told at once, by its name', async () => {
  const refused = retrying('commit', async () => ({ errorCode: 29 }));
  await expect(refused).rejects.toThrow(/commit: Kafka answers TOPIC_AUTHORIZATION_FAILED/);
});
