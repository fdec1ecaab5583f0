/** What conformance tools expect behind an acceptor: orders come back, nothing else is spoken. */

import { ascendingBody } from '../fix/dictionary/ordered-fields.ts';
import { type FixView, fieldText } from '../fix/parse.ts';
import { furtherHeader, type WholeMessage } from '../fix/raw-field.ts';
import { Tag } from '../fix/tag.ts';
import type { SessionConnection, SessionNotice } from '../session/connection.ts';

/** BusinessRejectReason (380). */
const UNSUPPORTED_MESSAGE_TYPE = 3;
const FIELD_MISSING = 5;
/** ClOrdIDs remembered to know a PossResend by; beyond, the oldest are forgotten. */
const ORDERS_SEEN_MAX = 100_000;

export type EchoApplication = {
  onNotice(notice: SessionNotice): void;
  onDisconnect(): void;
};

/**
 * Returns NewOrderSingle (D) and SecurityDefinition (d) as they came, fields ascending; drops a
 * PossResend whose ClOrdID this connection has seen; answers other types with a business reject.
 */
export function echoApplication(session: () => SessionConnection): EchoApplication {
  const seen = new Set<string>();
  const take = (view: FixView) => {
    switch (view.msgType) {
      case 'D':
        takeOrder(view);
        break;
      case 'd':
        session().sendWhole(echoed(view));
        break;
      default:
        refuse(view, UNSUPPORTED_MESSAGE_TYPE, 'Unsupported Message Type');
    }
  };
  const takeOrder = (view: FixView) => {
    const clOrdId = fieldText(view, Tag.clOrdId);
    if (clOrdId === undefined) {
      refuse(view, FIELD_MISSING, 'Conditionally Required Field Missing');
      return;
    }
    if (isPossResend(view) && seen.has(clOrdId)) return;
    seen.add(clOrdId);
    if (seen.size > ORDERS_SEEN_MAX) seen.delete(seen.values().next().value!);
    session().sendWhole(echoed(view));
  };
  const refuse = (view: FixView, businessRejectReason: number, text: string) => {
    const { msgType: refMsgType, msgSeqNum: refSeqNum } = view;
    session().send({ msgType: 'j', refSeqNum, text, refMsgType, businessRejectReason });
  };
  return {
    onNotice(notice) {
      if (notice.kind === 'deliver-whole') take(notice.view);
    },
    onDisconnect: () => seen.clear(),
  };
}

function isPossResend(view: FixView): boolean {
  return fieldText(view, Tag.possResend) === 'Y';
}

function echoed(view: FixView): WholeMessage {
  return {
    msgType: view.msgType,
    possResend: isPossResend(view),
    header: furtherHeader(view),
    body: ascendingBody(view),
  };
}
