/** The machine a run was made on, as far as its figures depend on it. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Report } from './report-schema.ts';

export function describeMachine(): Report['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
    loadAverage: loadavg(),
  };
}
