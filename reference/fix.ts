/** FIX 4.4 of the reference profile: what the session sends, at its own times; nothing it reads. */

export type SessionTerms = { sender: string; target: string; heartbeatNs: number };
export type Session = ReturnType<typeof newSession>;

export const newSession = (terms: SessionTerms, originNs: bigint) => {
  return { ...terms, originNs, nowNs: 0, lastSentNs: 0, sent: [] as string[] };
};

/** Sends `tag=value` fields in ascending order of their tags; those that are false are left out. */
export function send(session: Session, type: string, body: readonly (string | false)[]): void {
  const { sender, target, sent } = session;
  const sequence = sent.length + 1;
  const time = timestamp(session);
  const header = [`35=${type}`, `34=${sequence}`, `49=${sender}`, `52=${time}`, `56=${target}`];
  const fields = [...header, ...body].filter(field => field !== false);
  const content = fields.map(field => `${field}\u0001`).join('');
  const framed = `8=FIX.4.4\u00019=${content.length}\u0001${content}`;
  let sum = 0;
  for (let i = 0; i < framed.length; i++) sum += framed.charCodeAt(i);
  sent.push(`${framed}10=${String(sum % 256).padStart(3, '0')}\u0001`);
  session.lastSentNs = session.nowNs;
}

/** The logon leaves with the first tick; heartbeats that fall due in a silence leave in it. */
export function advanceTo(session: Session, nowNs: number): void {
  const { sent, heartbeatNs } = session;
  while (sent.length > 0 && session.lastSentNs + heartbeatNs <= nowNs) {
    session.nowNs = session.lastSentNs + heartbeatNs;
    send(session, '0', []);
  }
  session.nowNs = nowNs;
  if (sent.length === 0) send(session, 'A', ['98=0', `108=${heartbeatNs / 1e9}`]);
}

/** Now, as `YYYYMMDD-HH:MM:SS.sss`, UTC. */
export function timestamp({ originNs, nowNs }: Session): string {
  const unixMs = Number((originNs + BigInt(nowNs)) / 1_000_000n);
  return new Date(unixMs).toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21);
}

/** So many of a decimal unit, exactly and with its decimals: 50 of `0.001` are 0.050. */
export function decimal(count: number, unit: string): string {
  const [whole, fraction = ''] = unit.split('.');
  const value = BigInt(Math.abs(count)) * BigInt(whole + fraction);
  const digits = String(value).padStart(fraction.length + 1, '0');
  const point = digits.length - fraction.length;
  const text = fraction === '' ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return count < 0 ? `-${text}` : text;
}
