/** `outrider keys`: a key for an operator, and its line for the desk file. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { OutriderError } from '#engine';
import { publicKeyText } from '#gateway';
import { type Command, parseOptions } from './command.ts';

export const keysCommand: Command = {
  name: 'keys',
  summary: 'makes the key that an operator signs limit changes, kills and arms with',
  help: () =>
    [
      'usage: outrider keys --operator NAME --key FILE',
      '',
      '  --operator NAME              as the desk file is to have the name',
      '  --key FILE                   new file for the private key, PEM; keep it to yourself',
      '',
      'Prints the entry for the section `operators` of the desk file. The same by openssl:',
      '  openssl genpkey -algorithm ed25519 -out FILE && chmod 600 FILE',
      '  openssl pkey -in FILE -pubout -outform DER | tail -c 32 | xxd -p -c 32',
    ].join('\n'),
  async run(given) {
    const { operator: name, key: file } = parseOptions(given, {
      operator: 'text',
      key: 'text',
    }).values;
    if (typeof name !== 'string' || typeof file !== 'string') {
      throw new OutriderError('bad-usage', 'give --operator NAME and --key FILE');
    }
    const { privateKey } = generateKeyPairSync('ed25519');
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' });
    try {
      writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    } catch (cause) {
      throw new OutriderError('bad-config', `${file}: ${(cause as Error).message}`, { cause });
    }
    console.log(JSON.stringify({ name, publicKey: publicKeyText(privateKey) }));
    return 0;
  },
};
