/** Arms the shim in a process: at which of its calls which fault is to happen. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** What the call is made on. */
export type FaultTarget =
  | {
      operation: 'write';
      /** Text that the file's path holds. */
      path: string;
      /** Only writes with this byte at this place. */
      byte?: { at: number; is: number } | undefined;
    }
  | { operation: 'sync'; path: string }
  /** `port` of either end of a TCP connection. */
  | { operation: 'send' | 'receive'; port: number };

export type FaultAction =
  | { kind: 'kill-before' | 'kill-after' | 'stop-before' | 'stop-after' }
  /** After so many bytes of the call, but never all of them. */
  | { kind: 'kill-partly' | 'short'; bytes: number }
  /** Once, or from this call on until it is disarmed. */
  | { kind: 'fail' | 'fail-on'; errno: number };

export type Fault = {
  target: FaultTarget;
  /** Fires at the Nth call that matches, from 1 on. */
  call: number;
  action: FaultAction;
};

export type FaultControl = {
  /** Given to the process as OUTRIDER_FAULT_CONTROL. */
  readonly path: string;
  arm(fault: Fault): void;
  disarm(): void;
  readonly hasFired: boolean;
  close(): void;
};

/** The layout is drawn in shim/src/lib.rs. */
const BYTES = 256;
const AT = {
  state: 0,
  operation: 4,
  countdown: 8,
  action: 12,
  parameter: 16,
  port: 20,
  byteAt: 24,
  byteIs: 28,
  path: 40,
} as const;
const STATE = { idle: 0, armed: 1, fired: 2 } as const;
const OPERATION = { write: 1, send: 2, receive: 4, sync: 8 } as const;
const ACTION = {
  'kill-before': 1,
  'kill-partly': 2,
  'kill-after': 3,
  fail: 4,
  'fail-on': 5,
  short: 6,
  'stop-before': 7,
  'stop-after': 8,
} as const;
const ANYWHERE = 0xffff_ffff;

/** Makes the file; a process that maps it sees each change at once. */
export function createFaultControl(path: string): FaultControl {
  const file = openSync(path, 'w+');
  writeSync(file, Buffer.alloc(BYTES), 0, BYTES, 0);
  const state = (value: number) => {
    const word = Buffer.alloc(4);
    word.writeUInt32LE(value);
    writeSync(file, word, 0, 4, AT.state);
  };
  return {
    path,
    arm(fault) {
      state(STATE.idle);
      const bytes = encodeFault(fault);
      writeSync(file, bytes, AT.operation, BYTES - AT.operation, AT.operation);
      state(STATE.armed);
    },
    disarm: () => state(STATE.idle),
    get hasFired() {
      const word = Buffer.alloc(4);
      readSync(file, word, 0, 4, AT.state);
      return word.readUInt32LE() === STATE.fired;
    },
    close: () => closeSync(file),
  };
}

function encodeFault({ target, call, action }: Fault): Buffer {
  const bytes = Buffer.alloc(BYTES);
  const put = (at: number, value: number) => bytes.writeUInt32LE(value, at);
  put(AT.operation, OPERATION[target.operation]);
  put(AT.countdown, call);
  put(AT.action, ACTION[action.kind]);
  if ('bytes' in action) put(AT.parameter, action.bytes);
  if ('errno' in action) put(AT.parameter, action.errno);
  const byte = target.operation === 'write' ? target.byte : undefined;
  put(AT.byteAt, byte?.at ?? ANYWHERE);
  put(AT.byteIs, byte?.is ?? 0);
  if ('port' in target) put(AT.port, target.port);
  else bytes.write(`${target.path}\0`, AT.path, 'latin1');
  return bytes;
}
