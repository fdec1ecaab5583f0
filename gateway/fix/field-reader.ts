/** Reads the body of a parsed message into typed values, keeping the first thing wrong with it. */
import { isDecimal } from './decimal.ts';
import { type FieldProblem, type FixView, fieldText } from './parse.ts';
import { RejectReason } from './tag.ts';
import { isUtcTimestamp } from './timestamp.ts';

/** A required field that fails reads as a placeholder: look at `problem` before using values. */
export class FieldReader {
  problem: FieldProblem | undefined;
  private readonly view: FixView;

  constructor(view: FixView) {
    this.view = view;
    this.problem = view.problem;
  }

  text(tag: number): string {
    return this.required(tag, this.optionalText(tag)) ?? '';
  }

  optionalText(tag: number): string | undefined {
    const { duplicates } = this.view;
    if (duplicates.length > 0 && duplicates.includes(tag)) {
      this.report(RejectReason.tagTwice, tag);
    }
    return fieldText(this.view, tag);
  }

  /** A whole number from 0 on, of at most 15 digits. */
  integer(tag: number): number {
    return this.required(tag, this.optionalInteger(tag)) ?? 0;
  }

  optionalInteger(tag: number): number | undefined {
    const text = this.optionalText(tag);
    if (text === undefined) return undefined;
    const value = text.length <= 15 ? wholeNumber(text) : -1;
    if (value >= 0) return value;
    this.report(RejectReason.dataFormatIncorrect, tag);
    return undefined;
  }

  /** An exact decimal as it stands; `parseDecimal` turns it into an integer. */
  decimal(tag: number): string {
    return this.required(tag, this.optionalDecimal(tag)) ?? '';
  }

  optionalDecimal(tag: number): string | undefined {
    const text = this.optionalText(tag);
    if (text === undefined || isDecimal(text)) return text;
    this.report(RejectReason.dataFormatIncorrect, tag);
    return undefined;
  }

  /** A UTCTimestamp as it stands; `parseUtcTimestamp` turns it into a time. */
  timestamp(tag: number): string {
    return this.required(tag, this.optionalTimestamp(tag)) ?? '';
  }

  optionalTimestamp(tag: number): string | undefined {
    const text = this.optionalText(tag);
    if (text === undefined || isUtcTimestamp(text)) return text;
    this.report(RejectReason.dataFormatIncorrect, tag);
    return undefined;
  }

  /** One of the codes this gateway knows for the field. */
  code<Code extends string>(tag: number, codes: readonly Code[]): Code {
    return this.required(tag, this.optionalCode(tag, codes)) ?? codes[0]!;
  }

  optionalCode<Code extends string>(tag: number, codes: readonly Code[]): Code | undefined {
    const text = this.optionalText(tag);
    if (text === undefined) return undefined;
    for (const code of codes) if (code === text) return code;
    this.report(RejectReason.valueIncorrect, tag);
    return undefined;
  }

  /** `Y` or `N`; false when absent. */
  flag(tag: number): boolean {
    return this.optionalCode(tag, FLAGS) === 'Y';
  }

  optionalFlag(tag: number): boolean | undefined {
    const code = this.optionalCode(tag, FLAGS);
    return code === undefined ? undefined : code === 'Y';
  }

  report(reason: RejectReason, tag: number): void {
    this.problem ??= { reason, tag };
  }

  private required<Value>(tag: number, value: Value | undefined): Value | undefined {
    if (value === undefined) this.report(RejectReason.requiredTagMissing, tag);
    return value;
  }
}

const FLAGS = ['Y', 'N'] as const;

/** The number that digits spell, or -1. */
function wholeNumber(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return text.length === 0 ? -1 : value;
}
