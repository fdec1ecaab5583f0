/** The result as JUnit XML, as CI systems read it: a case each invariant and threshold. */
import { figureOf } from './figure-text.ts';
import type { Result } from './result.ts';

type Case = { suite: string; name: string; problem: string | undefined };

export function junitXml(result: Result): string {
  const { scenario, lengthSeconds, startedAt, error } = result;
  const cases = casesOf(result);
  const failures = cases.filter(({ problem }) => problem !== undefined).length;
  const counts = `tests="${cases.length + (error === null ? 0 : 1)}" failures="${failures}"`;
  const errors = `errors="${error === null ? 0 : 1}"`;
  const time = `time="${lengthSeconds.toFixed(3)}" timestamp="${escapeXml(startedAt)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="outrider scenario" ${counts} ${errors}>`,
    `  <testsuite name="${escapeXml(scenario)}" ${counts} ${errors} ${time}>`,
    ...cases.map(one => caseXml(scenario, one)),
    ...(error === null ? [] : [errorXml(scenario, error)]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf({ invariants, thresholds }: Result): Case[] {
  return [
    ...invariants.map(({ name, holds, broken, violations }) => ({
      ...{ suite: 'invariants', name },
      problem: holds ? undefined : `broken ${broken} times\n${violations.join('\n')}`,
    })),
    ...thresholds.map(({ text, isMet, observed, values }) => ({
      ...{ suite: 'thresholds', name: text },
      problem: isMet ? undefined : `observed ${figureOf(text, observed)} of ${values} values`,
    })),
  ];
}

function caseXml(scenario: string, { suite, name, problem }: Case): string {
  const className = escapeXml(`${scenario}.${suite}`);
  const head = `    <testcase classname="${className}" name="${escapeXml(name)}"`;
  if (problem === undefined) return `${head}/>`;
  const message = escapeXml(problem.split('\n')[0]!);
  return `${head}><failure message="${message}">${escapeXml(problem)}</failure></testcase>`;
}

function errorXml(scenario: string, error: string): string {
  const head = `    <testcase classname="${escapeXml(scenario)}" name="harness">`;
  return `${head}<error message="${escapeXml(error)}"/></testcase>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML 1.0 has no place for most control characters, not even escaped: they become `?`. */
export function escapeXml(text: string): string {
  const clean = [...text.toWellFormed()].map(character => {
    const code = character.codePointAt(0)!;
    const isAllowed = code >= 0x20 || code === 0x9 || code === 0xa || code === 0xd;
    return isAllowed && code !== 0xfffe && code !== 0xffff ? character : '?';
  });
  return clean.join('').replace(/[&<>"']/g, character => ESCAPES[character]!);
}
