/** Class paths of Java programs for tests and benchmarks: jars from Maven Central, through mvn. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RESOLVE_MS = 120_000;

/**
 * The jars of the dependencies of `pom`, or what this machine lacks to have them. Kept between runs
 * under `name`, which carries the version: they are jars of the local Maven repository.
 * `properties` are those of the pom, such as a version.
 */
export function mavenClassPath(
  name: string,
  pom: string,
  properties: Readonly<Record<string, string>> = {},
): { jars: string } | { missing: string } {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    return { missing: 'java 17' };
  }
  const cache = join(tmpdir(), `outrider-${name}`);
  const file = join(cache, 'class-path.txt');
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (known !== '' && known.split(':').every(jar => existsSync(jar))) return { jars: known };
  try {
    mkdirSync(cache, { recursive: true });
    const resolved = `${file}.${process.pid}`;
    const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${resolved}`];
    for (const [property, value] of Object.entries(properties)) goal.push(`-D${property}=${value}`);
    const options = { stdio: 'ignore', timeout: RESOLVE_MS } as const;
    execFileSync('mvn', ['-q', '-B', '-f', pom, ...goal], options);
    const jars = readFileSync(resolved, 'utf8').trim();
    renameSync(resolved, file);
    return { jars };
  } catch {
    return { missing: 'mvn and Maven Central' };
  }
}
