/** The microbenches by name: a question a file. */

import { coupledChoice } from './coupled-choice.ts';
import { draftSteps } from './draft-steps.ts';
import { feedMessage } from './feed-message.ts';
import { fixParse } from './fix-parse.ts';
import { keyedNoise } from './keyed-noise.ts';
import type { Micro } from './micro.ts';
import { orderEncode } from './order-encode.ts';
import { ringRecord } from './ring-record.ts';
import { riskEncode } from './risk-encode.ts';
import { riskJudge, riskJudgeAll } from './risk-judge.ts';
import { streamTask } from './stream-task.ts';
import { targetPass } from './target-pass.ts';
import { tickPath } from './tick-path.ts';
import { tickRecord } from './tick-record.ts';

export const MICROS: Readonly<Record<string, Micro>> = {
  'coupled-choice': coupledChoice,
  'keyed-noise': keyedNoise,
  'draft-steps': draftSteps,
  'target-pass': targetPass,
  'ring-record': ringRecord,
  'tick-record': tickRecord,
  'tick-path': tickPath,
  'order-encode': orderEncode,
  'risk-encode': riskEncode,
  'risk-judge': riskJudge,
  'risk-judge-all': riskJudgeAll,
  'fix-parse': fixParse,
  'stream-task': streamTask,
  'feed-message': feedMessage,
};
