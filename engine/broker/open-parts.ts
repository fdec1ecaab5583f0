/** Producers, readers and members of a broker that are open, so that they are closed with it. */

type Part = { close(): Promise<void> };

export type OpenParts = {
  /** Until it is closed it is one of them. */
  add<Each extends Part>(part: Each): Each;
  /** Each of them, whatever becomes of the others; throws what the first that failed did. */
  close(): Promise<void>;
};

export function openParts(): OpenParts {
  const open = new Set<Part>();
  return {
    add(part) {
      const { close } = part;
      open.add(part);
      part.close = () => {
        open.delete(part);
        return close();
      };
      return part;
    },
    async close() {
      let failure: { readonly error: unknown } | undefined;
      for (const part of [...open]) {
        await part.close().catch(error => {
          failure ??= { error };
        });
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}
