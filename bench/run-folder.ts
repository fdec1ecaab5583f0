/** The folder of a run: its configuration, input logs, FIX bytes, latency and reports. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, nodeDisk, OutriderError } from '#engine';
import { type LatencyReading, readLatencyLog } from './latency/read-log.ts';
import { type Report, reportSchema } from './report-schema.ts';
import { createMessageFile, type MessageFile } from './run-folder/message-file.ts';
import { type RunInfo, runInfoSchema } from './run-folder/run-info.ts';
import { writeWhole } from './run-folder/write-whole.ts';

/**
 *   run.json                configuration, seed, versions, hashes, threads
 *   edge.log/               the edge's input log
 *   gateway.log/            the gateway's; not of a gateway elsewhere
 *   fix/outbound.fix        FIX bytes as the gateway sent them; not of a gateway elsewhere
 *   fix/outbound-NAME.fix   those for each further venue of a desk file
 *   fix/venue-received.fix  and as the venue received them; not of a venue elsewhere
 *   fix/venue-received-NAME.fix  the same of each further venue of the run's own
 *   latency.hlog            HDR histograms, a tag a segment
 *   slow-features.json      of a live run: bars and correlations as of its last version
 *   report.json             the figures
 *   report.html             the same, drawn
 */
export type RunFolderPaths = {
  readonly path: string;
  readonly edgeLog: string;
  readonly gatewayLog: string;
  readonly fixOutbound: string;
  readonly venueReceived: string;
};

/** What a full disk leaves is readable: every file is whole, or ends with a whole message. */
export type RunFolder = RunFolderPaths & {
  /** Undefined where the gateway is elsewhere. */
  readonly outbound: MessageFile | undefined;
  /** Of the venues after the first. */
  readonly further: readonly MessageFile[];
  /** By venue; none where they are elsewhere. */
  readonly received: readonly MessageFile[];
  writeRun(info: RunInfo): void;
  /** Text of a latency recorder's log. */
  writeLatency(log: string): void;
  /** JSON of the last version of the slow features. */
  writeSlowFeatures(text: string): void;
  writeReport(report: Report, html: string): void;
  /** The FIX files. */
  flush(): void;
  close(): void;
};

export type ReadRunFolder = RunFolderPaths & {
  run: RunInfo;
  /** Undefined where the run ended without one. */
  report: Report | undefined;
  latency: LatencyReading | undefined;
};

export type RunFolderOptions = {
  disk?: Disk;
  /** What keeps its own records: the gateway with its venue, or the venue alone. */
  elsewhere?: 'gateway' | 'venue' | undefined;
  /** Names of the gateway's venues; one by default. */
  venues?: readonly string[] | undefined;
};

const FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Makes the folder, which must be new or empty.
 * @throws OutriderError `bad-usage` where it is not, `disk` where it cannot be made.
 */
export function createRunFolder(
  path: string,
  { disk = nodeDisk, elsewhere, venues = [] }: RunFolderOptions = {},
): RunFolder {
  requireEmpty(path, disk);
  const paths = pathsOf(path);
  const ofGateway = elsewhere === 'gateway' ? [] : [paths.gatewayLog, join(path, 'fix')];
  for (const directory of [paths.edgeLog, ...ofGateway]) disk.makeDirectory(directory);
  const outbound = elsewhere === 'gateway' ? undefined : createMessageFile(disk, paths.fixOutbound);
  const further = venues.slice(1).map(name => {
    return createMessageFile(disk, furtherOutbound(path, name));
  });
  const receivedPaths = [
    paths.venueReceived,
    ...venues.slice(1).map(name => furtherReceived(path, name)),
  ];
  const received =
    elsewhere === undefined ? receivedPaths.map(file => createMessageFile(disk, file)) : [];
  const write = (name: string, text: string) => writeWhole(disk, join(path, name), text);
  return {
    ...paths,
    ...{ outbound, further, received },
    writeRun: info => write('run.json', jsonText(runInfoSchema.parse(info))),
    writeLatency: log => write('latency.hlog', log),
    writeSlowFeatures: text => write('slow-features.json', text),
    writeReport(report, html) {
      write('report.json', jsonText(reportSchema.parse(report)));
      write('report.html', html);
    },
    flush() {
      for (const file of [...further, ...received]) file.flush();
      outbound?.flush();
    },
    close() {
      try {
        for (const file of further) file.close();
        outbound?.close();
      } finally {
        for (const file of received) file.close();
      }
    },
  };
}

/** What was sent to a venue of this name that is not the gateway's first. */
export const furtherOutbound = (path: string, name: string): string =>
  join(path, 'fix', `outbound-${name}.fix`);

/** What a venue of this name received, likewise. */
export const furtherReceived = (path: string, name: string): string =>
  join(path, 'fix', `venue-received-${name}.fix`);

/**
 * Reads what a run left, also one that was cut off.
 * @throws OutriderError `bad-usage` where the path is no run folder, `bad-data` for a file in it
 * that is not what it should be.
 */
export function readRunFolder(path: string): ReadRunFolder {
  const run = read(path, 'run.json');
  if (run === undefined) {
    throw new OutriderError('bad-usage', `${path}: no run.json in it; give the folder of a run`);
  }
  const report = read(path, 'report.json');
  const latency = read(path, 'latency.hlog');
  return {
    ...pathsOf(path),
    run: parse(runInfoSchema, run),
    report: report === undefined ? undefined : parse(reportSchema, report),
    latency: latency === undefined ? undefined : readLatencyLog(latency.text, latency.path),
  };
}

function pathsOf(path: string): RunFolderPaths {
  return {
    path,
    edgeLog: join(path, 'edge.log'),
    gatewayLog: join(path, 'gateway.log'),
    fixOutbound: join(path, 'fix', 'outbound.fix'),
    venueReceived: join(path, 'fix', 'venue-received.fix'),
  };
}

function requireEmpty(path: string, disk: Disk): void {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  const names = isFile ? [] : (disk.list(path) ?? []);
  if (!isFile && names.length === 0) return;
  const found = isFile ? 'is a file' : `holds ${names.length} names, such as ${names[0]}`;
  const message = `${path}: ${found}; a run needs a new or empty folder, give another path`;
  throw new OutriderError('bad-usage', message);
}

type Contents = { path: string; text: string };

function read(folder: string, name: string): Contents | undefined {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (size > FILE_BYTES_MAX) {
    const message = `${path}: ${size} bytes, at most ${FILE_BYTES_MAX}; is it a run's own file?`;
    throw new OutriderError('bad-data', message);
  }
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new OutriderError('bad-usage', `${path}: cannot be read; check its permissions`, {
      cause,
    });
  }
}

function parse<Output>(schema: z.ZodType<Output>, { path, text }: Contents): Output {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? firstIssue(cause) : String(cause);
    const message = `${path}: ${reason}; it was edited, or another version wrote it`;
    throw new OutriderError('bad-data', message, { cause });
  }
}

function firstIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  return `field ${path.join('.')}: ${message}`;
}

const jsonText = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
