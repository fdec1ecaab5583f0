/** Views of the first bytes of some memory, one for each length that was ever asked for. */

/** For messages, whose few lengths come back again and again: a new view each would be garbage. */
export function prefixViews(memory: Buffer): (length: number) => Buffer {
  const views: (Buffer | undefined)[] = [];
  return length => {
    const known = views[length];
    if (known !== undefined) return known;
    const view = memory.subarray(0, length);
    views[length] = view;
    return view;
  };
}
