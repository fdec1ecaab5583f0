/**
 * Writes `fix44.txt` from QuickFIX's description of FIX 4.4, which is not kept here:
 *
 *     mvn dependency:copy -DoutputDirectory=/tmp \
 *       -Dartifact=org.quickfixj:quickfixj-messages-fix44:2.3.2
 *     unzip /tmp/quickfixj-messages-fix44-2.3.2.jar FIX44.xml -d /tmp
 *     node generate-dictionary.ts /tmp/FIX44.xml > fix44.txt
 *
 * `read-dictionary.ts` says what a line means.
 */
import { readFileSync } from 'node:fs';

type Element = { name: string; attributes: Record<string, string>; children: Element[] };

const TAG = /<(\/?)([\w]+)((?:\s+\w+=(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /(\w+)=(?:"([^"]*)"|'([^']*)')/g;

/** Elements and attributes alone: the description has no text, entity or namespace. */
function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  for (const [, closing, name, attributes, empty] of text.matchAll(TAG)) {
    if (closing !== '') {
      open.pop();
      continue;
    }
    const pairs = [...attributes!.matchAll(ATTRIBUTE)].map(([, key, double, single]) => {
      return [key!, double ?? single!] as const;
    });
    const element = { name: name!, attributes: Object.fromEntries(pairs), children: [] };
    open.at(-1)!.children.push(element);
    if (empty === '') open.push(element);
  }
  return root.children[0]!;
}

function dictionaryLines(fix: Element): string[] {
  const part = (name: string) => fix.children.find(child => child.name === name)!;
  const fields = [...part('fields').children];
  const tagOf = new Map(fields.map(({ attributes }) => [attributes.name!, attributes.number!]));
  const tags = new Map(fields.map(field => [field.attributes.number!, field]));
  const membersOf = (element: Element): string => {
    return element.children.map(member).join(' ');
  };
  const member = (element: Element): string => {
    const { name, required } = element.attributes;
    const mark = required === 'Y' ? '!' : '';
    if (element.name === 'component') return `@${name}${mark}`;
    const tag = tagOf.get(name!);
    if (tag === undefined) throw new Error(`no field is named ${name}`);
    return element.name === 'group' ? `${tag}${mark}(${membersOf(element)})` : `${tag}${mark}`;
  };
  const ascending = [...tags.keys()].sort((a, b) => Number(a) - Number(b));
  return [
    ...ascending.map(tag => fieldLine(tags.get(tag)!)),
    ...usedFirst(part('components').children).map(each => {
      return `component ${each.attributes.name} ${membersOf(each)}`;
    }),
    `header ${membersOf(part('header'))}`,
    `trailer ${membersOf(part('trailer'))}`,
    ...part('messages').children.map(({ attributes, ...rest }) => {
      const { msgtype, name, msgcat } = attributes;
      return `message ${msgtype} ${name} ${msgcat} ${membersOf({ attributes, ...rest })}`.trimEnd();
    }),
  ];
}

/** Components after those that they hold. */
function usedFirst(components: readonly Element[]): Element[] {
  const ordered: Element[] = [];
  const visit = (element: Element) => {
    for (const child of element.children) visit(child);
    const { name } = element.attributes;
    const used =
      element.name === 'component' && components.find(one => one.attributes.name === name);
    if (!used || ordered.includes(used)) return;
    if (used !== element) visit(used);
    else ordered.push(used);
  };
  for (const component of components) visit(component);
  return ordered;
}

function fieldLine({ attributes, children }: Element): string {
  const { number, name, type } = attributes;
  const values = children.map(child => child.attributes.enum);
  return ['field', number, name, type, ...values].join(' ');
}

const [, program, path] = process.argv;
if (program === import.meta.filename && path !== undefined) {
  console.log(dictionaryLines(parseXml(readFileSync(path, 'utf8'))).join('\n'));
}
