/** The report of a day from a gateway's log, and what another side's file says against it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import {
  type DayReport,
  type DayReporter,
  type GatewayState,
  type Reconciled,
  reconcileExecutions,
  reportDay,
} from '#gateway';
import { replayGateway } from './replay-logs.ts';

export type ReportedDay = { report: DayReport; reconciled: Reconciled | undefined };

/** `account`: whose day it is; `against`: FIX messages, of a drop copy or of the venue's own. */
export function dayReport(
  directory: string,
  day: string,
  { account, against }: { account?: string | undefined; against?: string | undefined } = {},
): ReportedDay {
  let reporter: DayReporter | undefined;
  const { state } = replayGateway(join(directory, 'gateway.log'), {
    ...{ connected() {}, message() {}, signal() {} },
    begun(begun: GatewayState) {
      reporter = reportDay(begun, day, account);
    },
    record({ offset, payload }, { timeNs }) {
      reporter?.before(offset, timeNs, payload);
    },
    stepped(offset, effects, event) {
      reporter?.after(offset, event, effects);
    },
  });
  const report = reporter!.report();
  const reconciled = against && reconcileExecutions(state, report, readFix(against));
  return { report, reconciled: reconciled || undefined };
}

function readFix(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new OutriderError('bad-usage', `against: ${file} cannot be read`, { cause });
  }
}
