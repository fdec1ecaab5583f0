/** `outrider sequence`: numbers that operators agree on with a venue; the way out of a halt. */
import { OutriderError } from '#engine';
import { type OperatorAction, type RiskListing, SEQUENCE_MAX } from '#gateway';
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';
import { show } from './show.ts';
import { readWholeNumber } from './whole-number.ts';

const CHANGE_KINDS = {
  ...({ venue: 'text', reset: 'flag', nextOutgoing: 'text', nextIncoming: 'text' } as const),
};

/** Of a MsgSeqNum. */
const BOUNDS = { least: 1, most: SEQUENCE_MAX };

export const sequenceCommand: Command = {
  name: 'sequence',
  summary: 'shows and sets the sequence numbers of venues: outrider sequence show|set',
  help: () =>
    [
      'usage: outrider sequence show --out DIR [--json]',
      '       outrider sequence set --out DIR --operator NAME --key FILE --venue NAME NUMBERS',
      '',
      ...SIGNER_LINES,
      '  --venue NAME                 as the desk file has it',
      '  --json                       of show: as JSON',
      '',
      'NUMBERS, as they were agreed on with the venue, are',
      '  --next-outgoing N            of our next message, and/or',
      '  --next-incoming N            of its next; what it sent from there on it is asked for',
      '  --reset                      both from 1, by a Logon with 141=Y: what the venue said and',
      '                               we missed does not come any more',
      '',
      'It takes two operators: the second asks for the very same within ten minutes. A connection',
      'that stands is ended, a halt of the venue lifted; the next Logon follows within a second,',
      'and the venue is asked how each order stands. docs/runbooks/sequence-reset.md',
      'Exit 0: applied; 3: waits for the second operator; 1: refused; the text says why.',
    ].join('\n'),
  async run([what = '', ...given]) {
    if (what === 'show') return await show(given, ({ venues }) => venues, venueLines);
    if (what !== 'set') {
      throw new OutriderError('bad-usage', `sequence ${what}: give show or set; --help`);
    }
    const { values } = parseOptions(given, { ...SIGNER_KINDS, ...CHANGE_KINDS });
    return await operate(readSigner(values), actionOf(values));
  },
};

const venueLines = (venues: RiskListing['venues']) => venues.map(venueLine);

function venueLine({
  venue,
  state,
  expectedNumber,
  nextOutgoing,
  nextIncoming,
}: RiskListing['venues'][number]): string {
  const why = expectedNumber === undefined ? '' : `, it expects number ${expectedNumber}`;
  return `${venue}: ${state}${why}; next outgoing ${nextOutgoing}, next incoming ${nextIncoming}`;
}

function actionOf(values: Record<string, unknown>): OperatorAction {
  const { venue, reset = false } = values;
  if (typeof venue !== 'string') {
    throw new OutriderError('bad-usage', 'venue: missing; give --venue NAME');
  }
  const nextOutgoing = readWholeNumber(values, 'nextOutgoing', BOUNDS);
  const nextIncoming = readWholeNumber(values, 'nextIncoming', BOUNDS);
  const hasNumbers = nextOutgoing !== undefined || nextIncoming !== undefined;
  if (hasNumbers === (reset === true)) {
    throw new OutriderError(
      'bad-usage',
      'give --reset, or --next-outgoing N and --next-incoming N, or one of the two',
    );
  }
  return { kind: 'sequence', venue, reset: reset === true, nextOutgoing, nextIncoming };
}
