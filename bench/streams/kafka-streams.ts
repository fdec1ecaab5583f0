/** Kafka Streams' side: its jars from Maven Central, its program compiled into a folder. */

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { mavenClassPath } from '#engine/testing/maven';
import { ROOT } from '../replay/results.ts';

const SOURCES = join(ROOT, 'bench', 'peers', 'kafka-streams');
const VERSION = '4.3.1';
const HEAP = '-Xmx1g';

/** The command that runs it. Throws `bad-usage` where java 17, mvn or the jars are missing. */
export function buildKafkaStreams(folder: string): [string, ...string[]] {
  const found = mavenClassPath(`kafka-streams-${VERSION}`, join(SOURCES, 'pom.xml'));
  if ('missing' in found) {
    const message = `Kafka Streams: ${found.missing} missing; install it`;
    throw new OutriderError('bad-usage', message);
  }
  mkdirSync(folder, { recursive: true });
  const source = join(SOURCES, 'CountAndJoin.java');
  execFileSync('javac', ['-cp', found.jars, '-d', folder, source], { stdio: 'inherit' });
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  return ['java', HEAP, quiet, '-cp', `${found.jars}:${folder}`, 'CountAndJoin'];
}
