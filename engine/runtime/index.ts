/** The stream processor: runs a topology on a broker of topics. */

export { LmdbStore, openLmdb } from '../state/lmdb-store.ts';
export { openMemoryStore } from '../state/memory-store.ts';
export type { Guarantee } from './committer.ts';
export type { ProcessorObserver, ProcessorStatus, TaskStatus } from './observer.ts';
export { type Processor, startProcessor } from './processor.ts';
export type { ProcessorOptions, ProcessorSettings, RunnableTopology } from './processor-options.ts';
export { type ReprocessOptions, reprocess } from './reprocess.ts';
export { type ResumeOptions, resumeSavepoint } from './resume.ts';
export type { RuntimePorts } from './runtime-time.ts';
export { type SavepointOptions, takeSavepoint } from './savepoint.ts';
export { wallPorts } from './wall-ports.ts';
