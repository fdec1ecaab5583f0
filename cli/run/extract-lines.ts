/** Extracts of orders for people: a line an item, or CSV. */
import type { ExtractItem, OrderExtract } from '#gateway';

/** One line an order: what the venue said last, and whether it has not answered since. */
export function orderLine(extract: OrderExtract): string {
  const { order, side, instrument, venue, strategy, items, sha256 } = extract;
  const answered = items.findLastIndex(each => 'news' in each && each.news !== null);
  const news = items[answered];
  const told = news !== undefined && 'news' in news ? `${news.news}` : '';
  const isAsked = items.findLastIndex(each => each.kind === 'request') > answered;
  const latest = [told, isAsked ? 'unanswered' : ''].filter(Boolean).join(', then ');
  const who = `${side} ${instrument} at ${venue} for ${strategy}`;
  return `${order}  ${who}: ${latest}, ${items.length} items, sha256 ${sha256}`;
}

/** All of an order: where each item stands, and what it says. */
export function extractLines(extract: OrderExtract): string[] {
  const lines = extract.items.map(item => {
    const { log, record, sha256 } = item.place;
    return `  ${item.time}  ${log} ${record} ${sha256.slice(0, 12)}  ${itemText(item)}`;
  });
  return [orderLine(extract), ...lines];
}

const CSV_HEAD = 'order,item,time,log,record,sha256,kind,text,chainMessages,chainTip';

/** A line an item; `sha256` is that of the record. */
export function csvLines(extracts: readonly OrderExtract[]): string[] {
  const lines = extracts.flatMap(({ order, items }) =>
    items.map((item, at) => {
      const { log, record, sha256 } = item.place;
      const chain = item.kind === 'sent' ? [item.chain.messages, item.chain.tip] : ['', ''];
      const cells = [order, at, item.time, log, record, sha256, item.kind, itemText(item)];
      return [...cells, ...chain].map(cellText).join(',');
    }),
  );
  return [CSV_HEAD, ...lines];
}

/** Quoted where it must be (RFC 4180). */
function cellText(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function itemText(item: ExtractItem): string {
  switch (item.kind) {
    case 'tick':
      return `tick ${item.bid} / ${item.ask}`;
    case 'quote':
      return `quote of ${item.venue} ${item.bid} / ${item.ask}`;
    case 'forecast':
      return [
        `forecast ${item.forecastId} ${item.basis} of move ${item.moveIndex}`,
        `model ${item.target.model.slice(0, 12)} on ${item.target.kernel}, seed ${item.seed}`,
      ].join(', ');
    case 'decision':
      return `decided on ${item.event}`;
    case 'signal': {
      const wish = `${item.desiredLots} lots, ${item.style} to ${item.limit}`;
      const forecast = `forecast ${item.forecastId} ${item.basis}`;
      return `signal: ${wish}, ${item.bid} / ${item.ask}, ${forecast}`;
    }
    case 'check':
      return checkText(item);
    case 'request':
      return requestText(item);
    case 'sent':
      return `${sentText(item)} ${item.message}`;
    case 'withheld':
      return `withheld ${item.msgSeqNum}: ${item.message}`;
    case 'answer': {
      const { news, after } = item;
      return `${news ?? 'no news'}${afterText(after)}: ${item.message}`;
    }
    case 'news':
      return `${item.news}${afterText(item.after)}: execution ${item.execId}`;
  }
}

function sentText({ isRepeated, standby }: Extract<ExtractItem, { kind: 'sent' }>): string {
  const sent = isRepeated ? 'sent again' : 'sent';
  if (standby === undefined) return sent;
  return standby === null ? `${sent} alone` : `${sent}, known to ${standby}:`;
}

function requestText(item: Extract<ExtractItem, { kind: 'request' }>): string {
  const { request, clientOrderId, quantity, price } = item;
  return `${request} ${clientOrderId} ${quantity} at ${price ?? 'no price'}`;
}

function checkText(item: Extract<ExtractItem, { kind: 'check' }>): string {
  const limits = item.limits.map(({ scope, seen, soft, hard }) => {
    const levels = soft === null ? hard : `${soft} / ${hard ?? 'none'}`;
    return ` ${scope} ${seen} of ${levels}`;
  });
  const verdict = item.passed ? 'passed' : `refused: ${item.refusal}`;
  return `${item.rule} ${verdict}${limits.join(',')}`;
}

const afterText = (after: Extract<ExtractItem, { kind: 'answer' }>['after']) =>
  after === null ? '' : ` (holds ${after.positionLots}, fees ${after.fees})`;
