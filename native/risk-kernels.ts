/** What the addon offers for risk, over bound memory. */

/** Does what it is asked (CALL in gateway/risk/layout.ts) and answers a number. */
export type CallRisk = (what: number) => number;

export type RiskKernels = {
  /**
   * Binds the flat memory of risk. Absent from the twins: the controls belong to the gateway, and
   * so does their twin, in gateway/risk.
   */
  bindRisk?(memory: Float64Array): CallRisk;
};
