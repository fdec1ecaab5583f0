/** The executable law: recorded ticks to FIX bytes, sequentially, with nothing clever. */
export * from './decide.ts';
export { advanceTo } from './fix.ts';
export * from './forecast.ts';
export * as lawGateway from './gateway.ts';
export * from './market-time.ts';
export * from './noise.ts';
export * from './run.ts';
export * from './tokens.ts';
export * as paperVenue from './venue.ts';
