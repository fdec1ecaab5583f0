/** The messages this gateway speaks, and the one place that picks their encoders and decoders. */

import {
  type BusinessMessageReject,
  decodeBusinessMessageReject,
  encodeBusinessMessageReject,
} from './business-message-reject.ts';
import { type DontKnowTrade, decodeDontKnowTrade, encodeDontKnowTrade } from './dont-know-trade.ts';
import {
  decodeExecutionReport,
  type ExecutionReport,
  encodeExecutionReport,
} from './execution-report.ts';
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { decodeHeartbeat, encodeHeartbeat, type Heartbeat } from './heartbeat.ts';
import { decodeLogon, encodeLogon, type Logon } from './logon.ts';
import { decodeLogout, encodeLogout, type Logout } from './logout.ts';
import {
  decodeNewOrderSingle,
  encodeNewOrderSingle,
  type NewOrderSingle,
} from './new-order-single.ts';
import {
  decodeOrderCancelReject,
  encodeOrderCancelReject,
  type OrderCancelReject,
} from './order-cancel-reject.ts';
import {
  decodeOrderCancelReplaceRequest,
  encodeOrderCancelReplaceRequest,
  type OrderCancelReplaceRequest,
} from './order-cancel-replace-request.ts';
import {
  decodeOrderCancelRequest,
  encodeOrderCancelRequest,
  type OrderCancelRequest,
} from './order-cancel-request.ts';
import {
  decodeOrderMassCancelReport,
  encodeOrderMassCancelReport,
  type OrderMassCancelReport,
} from './order-mass-cancel-report.ts';
import {
  decodeOrderMassCancelRequest,
  encodeOrderMassCancelRequest,
  type OrderMassCancelRequest,
} from './order-mass-cancel-request.ts';
import {
  decodeOrderMassStatusRequest,
  encodeOrderMassStatusRequest,
  type OrderMassStatusRequest,
} from './order-mass-status-request.ts';
import {
  decodeOrderStatusRequest,
  encodeOrderStatusRequest,
  type OrderStatusRequest,
} from './order-status-request.ts';
import { decodeReject, encodeReject, type Reject } from './reject.ts';
import { decodeResendRequest, encodeResendRequest, type ResendRequest } from './resend-request.ts';
import { decodeSequenceReset, encodeSequenceReset, type SequenceReset } from './sequence-reset.ts';
import { isAdministrative } from './tag.ts';
import { decodeTestRequest, encodeTestRequest, type TestRequest } from './test-request.ts';

/** Messages of the session itself. */
export type AdministrativeMessage =
  | Logon
  | Heartbeat
  | TestRequest
  | ResendRequest
  | Reject
  | SequenceReset
  | Logout;

/** Messages of the session's owner, numbered, stored and delivered once in order. */
export type ApplicationMessage =
  | NewOrderSingle
  | OrderCancelRequest
  | OrderCancelReplaceRequest
  | ExecutionReport
  | OrderCancelReject
  | OrderStatusRequest
  | OrderMassStatusRequest
  | OrderMassCancelRequest
  | OrderMassCancelReport
  | DontKnowTrade
  | BusinessMessageReject;

export type FixMessage = AdministrativeMessage | ApplicationMessage;

/** True for a message that is stored and resent. */
export function isApplication(message: FixMessage): message is ApplicationMessage {
  return !isAdministrative(message.msgType);
}

/** Writes the body fields in ascending tag order. */
export function encodeBody(writer: FieldWriter, message: FixMessage): void {
  switch (message.msgType) {
    case 'A':
      encodeLogon(writer, message);
      break;
    case '0':
      encodeHeartbeat(writer, message);
      break;
    case '1':
      encodeTestRequest(writer, message);
      break;
    case '2':
      encodeResendRequest(writer, message);
      break;
    case '3':
      encodeReject(writer, message);
      break;
    case '4':
      encodeSequenceReset(writer, message);
      break;
    case '5':
      encodeLogout(writer, message);
      break;
    case 'D':
      encodeNewOrderSingle(writer, message);
      break;
    case 'F':
      encodeOrderCancelRequest(writer, message);
      break;
    case 'G':
      encodeOrderCancelReplaceRequest(writer, message);
      break;
    case '8':
      encodeExecutionReport(writer, message);
      break;
    case '9':
      encodeOrderCancelReject(writer, message);
      break;
    case 'H':
      encodeOrderStatusRequest(writer, message);
      break;
    case 'AF':
      encodeOrderMassStatusRequest(writer, message);
      break;
    case 'q':
      encodeOrderMassCancelRequest(writer, message);
      break;
    case 'r':
      encodeOrderMassCancelReport(writer, message);
      break;
    case 'Q':
      encodeDontKnowTrade(writer, message);
      break;
    case 'j':
      encodeBusinessMessageReject(writer, message);
      break;
  }
}

/** Reads the body of a message type; undefined for a type this gateway does not speak. */
export function decodeBody(reader: FieldReader, msgType: string): FixMessage | undefined {
  switch (msgType) {
    case 'A':
      return decodeLogon(reader);
    case '0':
      return decodeHeartbeat(reader);
    case '1':
      return decodeTestRequest(reader);
    case '2':
      return decodeResendRequest(reader);
    case '3':
      return decodeReject(reader);
    case '4':
      return decodeSequenceReset(reader);
    case '5':
      return decodeLogout(reader);
    case 'D':
      return decodeNewOrderSingle(reader);
    case 'F':
      return decodeOrderCancelRequest(reader);
    case 'G':
      return decodeOrderCancelReplaceRequest(reader);
    case '8':
      return decodeExecutionReport(reader);
    case '9':
      return decodeOrderCancelReject(reader);
    case 'H':
      return decodeOrderStatusRequest(reader);
    case 'AF':
      return decodeOrderMassStatusRequest(reader);
    case 'q':
      return decodeOrderMassCancelRequest(reader);
    case 'r':
      return decodeOrderMassCancelReport(reader);
    case 'Q':
      return decodeDontKnowTrade(reader);
    case 'j':
      return decodeBusinessMessageReject(reader);
    default:
      return undefined;
  }
}
