/** What logs are told to leave out: without this test a secret in use would be forgotten. */

import { expect, it } from 'vitest';
import { keepSecret, knownSecrets } from './secret.ts';

it('knows the secret that each of thousands of tokens was fetched by', () => {
  for (let count = 0; count < 3_000; count++) {
    keepSecret('the client secret');
    keepSecret(`token ${count}`);
    expect(knownSecrets()[knownSecrets().length - 2]).toBe('the client secret');
  }
  expect(knownSecrets()).not.toContain('token 0');
});
