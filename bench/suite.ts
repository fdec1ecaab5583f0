/** What `npm run bench` offers, apart from the evidence that runs themselves take. */

export { benchCompare } from './compare/compare-bench.ts';
export { benchGate } from './gate/gate-bench.ts';
export { benchInstructions } from './instructions.ts';
export { benchMicro } from './micro/micro-bench.ts';
export { benchPeer } from './peers/peer-bench.ts';
export { readOffer } from './replay/offer.ts';
export { benchReplay } from './replay/replay-bench.ts';
export { suites } from './suites.ts';
