/** Orders as numbers in, FIX bytes out: the twin of `native/crates/core/src/fix`. */

import type { EncodeOrder, OrderEncoderBuffers, OrderUnits } from '../order-kernels.ts';
import { ORDER, ORDER_BYTES_MAX, SHAPES } from '../order-layout.ts';
import { decimalWidth, digitCount, writeNumber } from './fix/digits.ts';
import { adjust, createTemplate, patch, SLOT, SLOTS, seal, type Template } from './fix/template.ts';
import { createTimeText, setTime, TIME_BYTES, UNIX_MS_MAX } from './fix/time.ts';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const SEQUENCE_MAX = 2_147_483_647;
const DATE_MAX = 99_991_231;
const DATE_DIGITS = 8;
const SERIAL_DIGITS_MIN = 6;

/** See `OrderKernels.bindOrderEncoder`. */
export function bindOrderEncoder(buffers: OrderEncoderBuffers): EncodeOrder {
  const { order, instruments } = buffers;
  const templates = templatesOf(buffers);
  const time = createTimeText();
  const widths = new Int32Array(SLOTS);
  return () => {
    const template = templates[order[ORDER.template]!];
    if (template === undefined || !isWritable(order)) return 0;
    const units = instruments[Math.floor(order[ORDER.template]! / SHAPES)]!;
    const quantity = order[ORDER.lots]! * units.unitsPerLot;
    const price = order[ORDER.limitIncrements]! * units.unitsPerIncrement;
    if (!Number.isSafeInteger(quantity) || !Number.isSafeInteger(price)) return 0;
    measure(widths, order);
    widths[SLOT.quantity] = decimalWidth(quantity, units.lotDecimals);
    widths[SLOT.price] = decimalWidth(price, units.priceDecimals);
    adjust(template, widths);
    setTime(time, order);
    writeText(template, SLOT.sendingTime, time.text);
    writeText(template, SLOT.transactTime, time.text);
    writeNumbers(template, order);
    writeNumber(template, SLOT.quantity, quantity);
    writeNumber(template, SLOT.price, price);
    seal(template);
    return template.length;
  };
}

function templatesOf({ sender, target, instruments, memory }: OrderEncoderBuffers): Template[] {
  return instruments.flatMap((units: OrderUnits, instrument) => {
    const decimals = new Int32Array(SLOTS);
    decimals[SLOT.quantity] = units.lotDecimals;
    decimals[SLOT.price] = units.priceDecimals;
    return Array.from({ length: SHAPES }, (_, shape) => {
      const base = (instrument * SHAPES + shape) * ORDER_BYTES_MAX;
      const names = { sender, target, symbol: units.symbol };
      return createTemplate(shape, names, { bytes: memory, base, decimals });
    });
  });
}

function isWritable(order: Float64Array): boolean {
  return (
    isWhole(order[ORDER.msgSeqNum]!, 1, SEQUENCE_MAX) &&
    isWhole(order[ORDER.unixMs]!, 0, UNIX_MS_MAX) &&
    isWhole(order[ORDER.side]!, 1, 2) &&
    isWhole(order[ORDER.lots]!, 0, SAFE_MAX) &&
    isWhole(order[ORDER.limitIncrements]!, -SAFE_MAX, SAFE_MAX) &&
    isWhole(order[ORDER.date]!, 0, DATE_MAX) &&
    isWhole(order[ORDER.serial]!, 0, SAFE_MAX) &&
    isWhole(order[ORDER.originalDate]!, 0, DATE_MAX) &&
    isWhole(order[ORDER.originalSerial]!, 0, SAFE_MAX) &&
    isWhole(order[ORDER.timeInForce]!, 0, 9)
  );
}

function isWhole(value: number, least: number, most: number): boolean {
  return Math.floor(value) === value && value >= least && value <= most;
}

function measure(widths: Int32Array, order: Float64Array): void {
  widths[SLOT.msgSeqNum] = digitCount(order[ORDER.msgSeqNum]!);
  widths[SLOT.sendingTime] = TIME_BYTES;
  widths[SLOT.date] = DATE_DIGITS;
  widths[SLOT.serial] = serialWidth(order[ORDER.serial]!);
  widths[SLOT.originalDate] = DATE_DIGITS;
  widths[SLOT.originalSerial] = serialWidth(order[ORDER.originalSerial]!);
  widths[SLOT.side] = 1;
  widths[SLOT.transactTime] = TIME_BYTES;
  widths[SLOT.timeInForce] = 1;
}

const serialWidth = (serial: number) => Math.max(digitCount(serial), SERIAL_DIGITS_MIN);

function writeNumbers(template: Template, order: Float64Array): void {
  writeNumber(template, SLOT.msgSeqNum, order[ORDER.msgSeqNum]!);
  writeNumber(template, SLOT.date, order[ORDER.date]!);
  writeNumber(template, SLOT.serial, order[ORDER.serial]!);
  writeNumber(template, SLOT.originalDate, order[ORDER.originalDate]!);
  writeNumber(template, SLOT.originalSerial, order[ORDER.originalSerial]!);
  writeNumber(template, SLOT.side, order[ORDER.side]!);
  writeNumber(template, SLOT.timeInForce, order[ORDER.timeInForce]!);
}

function writeText(template: Template, slot: number, text: Uint8Array): void {
  const at = template.at[slot]!;
  for (let byte = 0; byte < TIME_BYTES; byte++) patch(template, at + byte, text[byte]!);
}
