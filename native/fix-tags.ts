/** The FIX 4.4 tags that a scan must know: the header's, and those of data with a length. */

const HEADER_TAGS = [
  8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122,
  212, 213, 347, 369, 627, 628, 629, 630,
];
const headerTags = new Uint8Array(1024);
for (const tag of HEADER_TAGS) headerTags[tag] = 1;

/** True for the fields of the standard header, which stand before every body field. */
export function isHeaderTag(tag: number): boolean {
  return headerTags[tag] === 1;
}

/** Length field -> the data field that must follow it and may contain the delimiter. */
const DATA_TAGS = new Map([
  [90, 91],
  [93, 89],
  [95, 96],
  [212, 213],
  [348, 349],
  [350, 351],
  [352, 353],
  [354, 355],
  [356, 357],
  [358, 359],
  [360, 361],
  [362, 363],
  [364, 365],
  [445, 446],
  [618, 619],
  [621, 622],
]);
const dataTags = new Uint16Array(1024);
for (const [lengthTag, dataTag] of DATA_TAGS) dataTags[lengthTag] = dataTag;

/** The data field whose length this tag gives, or 0. */
export function dataTagOf(lengthTag: number): number {
  return dataTags[lengthTag] ?? 0;
}
