/** What gateway and paper venue call each other in FIX (tags 49 and 56). */

export const SENDER = 'OUTRIDER';
export const TARGET = 'VENUE';
