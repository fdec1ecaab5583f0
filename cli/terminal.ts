/** A terminal: command lines one after another, from the process that started this one. */
import { dispatch } from './dispatch.ts';

/*
   starter                             terminal, over the channel that Node gives a child
   { parameters: string[] }   ───▶
                              ◀───     { exit, text }: status, and all lines that it printed
*/
export type Typed = { parameters: string[] };
export type Printed = { exit: number; text: string };

process.on('message', async ({ parameters }: Typed) => {
  const lines: unknown[] = [];
  console.log = console.error = line => void lines.push(line);
  const exit = await dispatch(parameters);
  const printed: Printed = { exit, text: lines.join('\n') };
  process.send!(printed);
});
