// Asks the tablets' own engine what it makes of interviews: one JSON document from stdin, one to stdout.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { now, xform, files, interviews } = JSON.parse(readFileSync(0, 'utf8'));
const browser = new JSDOM().window;
const borrowed = Object.getOwnPropertyNames(browser).filter((name) => /^[A-Z]/.test(name) && !(name in globalThis));
for (const name of borrowed) globalThis[name] = browser[name];
globalThis.window = globalThis;
globalThis.document = browser.document;

const hour = new Date(now).getTime();
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [hour]));
  }
  static now() {
    return hour;
  }
};

// The engine looks around while it is being loaded, and must take this for a browser.
const { process } = globalThis;
globalThis.process = undefined;
const { loadForm } = await import('@getodk/xforms-engine');
globalThis.process = process;

const loaded = await loadForm(xform, {
  fetchFormAttachment: async (address) => {
    const name = decodeURIComponent(String(address).split('/').at(-1));
    return new Response(files[name] ?? '', { status: name in files ? 200 : 404, headers: { 'content-type': 'text/csv' } });
  },
  missingResourceBehavior: 'BLANK',
});
if (loaded.status === 'failure') throw new Error(String(loaded.error?.message ?? loaded.error));

async function open(xml) {
  if (xml === null) return loaded.createInstance();
  const data = new FormData();
  data.append('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }));
  return loaded.restoreInstance({ data: [data] });
}

function* leaves(node) {
  for (const child of node.currentState.children ?? []) {
    if (child.currentState.children) yield* leaves(child);
    else yield child;
  }
}

const answer = (leaf) => {
  const { reference, relevant, required, instanceValue, valueOptions } = leaf.currentState;
  return {
    path: reference,
    relevant,
    required,
    valid: leaf.validationState.constraint.valid,
    value: instanceValue,
    choices: Array.isArray(valueOptions) && leaf.nodeType !== 'range' ? valueOptions.map((option) => option.value) : null,
  };
};

const answers = [];
for (const xml of interviews) answers.push([...leaves((await open(xml)).root)].map(answer));
process.stdout.write(JSON.stringify(answers));
