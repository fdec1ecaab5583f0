/** The stream processor: runs a topology on a broker of topics. */
export type { Guarantee } from './committer.ts';
export type { ProcessorObserver, ProcessorStatus, TaskStatus } from './observer.ts';
export { type Processor, startProcessor } from './processor.ts';
export type { ProcessorOptions, ProcessorSettings, RunnableTopology } from './processor-options.ts';
export type { RuntimePorts } from './runtime-time.ts';
export { wallPorts } from './wall-ports.ts';
