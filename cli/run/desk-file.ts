/** The desk file of a gateway, from the option that names it to the addresses of its venues. */
import { join } from 'node:path';
import { furtherOutbound, furtherReceived } from '#bench';
import { OutriderError } from '#engine';
import {
  type Credentials,
  DESK_FILE_BYTES_MAX,
  type DeskFile,
  type FixAddress,
  parseDeskFile,
} from '#gateway';
import { parseAddress } from '../commands/address.ts';
import type { RunConfig } from '../config.ts';
import { readCredentialsFile } from './credentials-file.ts';
import type { VenueAccess } from './live-gateway.ts';
import { readJsonOption } from './option-file.ts';
import { readTls } from './tls-files.ts';

/** Throws `bad-config` naming the file, field, value and remedy. */
export function loadDeskFile({ desk }: Pick<RunConfig, 'desk'>): DeskFile | undefined {
  if (desk === undefined) return undefined;
  const given = readJsonOption(desk, DESK_FILE_BYTES_MAX);
  try {
    return parseDeskFile(given);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    throw new OutriderError('bad-config', `${desk}: ${error.message}`, { cause: error });
  }
}

/** Files of a folder with what was sent, one a venue. */
export function outboundFiles(directory: string, deskFile: DeskFile | undefined): string[] {
  const further = deskFile?.venues.slice(1) ?? [];
  const first = join(directory, 'fix', 'outbound.fix');
  return [first, ...further.map(({ name }) => furtherOutbound(directory, name))];
}

/** What was received, one a venue of the run's own. */
export function receivedFiles(directory: string, deskFile: DeskFile | undefined): string[] {
  const further = deskFile?.venues.slice(1) ?? [];
  const first = join(directory, 'fix', 'venue-received.fix');
  return [first, ...further.map(({ name }) => furtherReceived(directory, name))];
}

type DeskSetting = { config: RunConfig; deskFile?: DeskFile | undefined };

/** Whether orders of a run's own gateway leave for venues of other processes. */
export function hasVenueElsewhere({ config, deskFile }: DeskSetting): boolean {
  return config.venue !== undefined || deskFile?.venues.some(({ address }) => address) === true;
}

/** Throws `bad-config` for a desk file that the virtual clock cannot have. */
export function checkRunDesk(setting: DeskSetting): void {
  const { config, deskFile } = setting;
  if (deskFile === undefined) return;
  const refuse = (why: string) => {
    throw new OutriderError('bad-config', `desk: ${config.desk} ${why}`);
  };
  if (config.speed !== 'max') return;
  if (hasVenueElsewhere(setting)) refuse('has addresses, which speed max does not reach');
  if (deskFile.venues.length > 1) {
    refuse(`has ${deskFile.venues.length} venues; with speed max there is one: leave speed out`);
  }
}

/**
 * Where each venue is. `given`: of the options, for the venue that names no address of its own;
 * throws `bad-config` where there is none, or more than one such venue.
 */
export function venueAccesses(
  { config, deskFile }: DeskSetting,
  given: FixAddress | undefined,
): VenueAccess[] {
  if (deskFile === undefined) {
    if (given === undefined) throw missingAddress('venue');
    return [{ address: given, credentials: credentialsOf(config.credentialsFile) }];
  }
  const open = deskFile.venues.filter(({ address }) => address === undefined);
  if (given === undefined ? open.length > 0 : open.length !== 1) {
    throw missingAddress(`venues ${open[1]?.name ?? open[0]?.name ?? deskFile.venues[0]!.name}`);
  }
  return deskFile.venues.map(({ name, address, feed, tls, session }) => ({
    address:
      address === undefined
        ? given!
        : { ...parseAddress(`venues ${name}: address`, address), tls: readTls(tls ?? {}) },
    credentials: credentialsOf(session.credentialsFile),
    feed: feed === undefined ? undefined : parseAddress(`venues ${name}: feed`, feed),
  }));
}

function missingAddress(venue: string): OutriderError {
  const remedy = 'give each venue an address but one, and that one --venue HOST:PORT';
  return new OutriderError('bad-config', `${venue}: address missing or given twice; ${remedy}`);
}

function credentialsOf(file: string | undefined): Credentials | undefined {
  if (file === undefined) return undefined;
  const { Username: username, Password: password } = readCredentialsFile(file);
  return { username, password };
}
