// The pages' words as they stand in the sources, so that a test speaks both languages and no text is kept twice:
// `words("es").sign_in`. Those with a count or a name in them are not here; tests look for a part of them.
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../src/words/", import.meta.url);
const ENTRY = /^ {4}(\w+): ("(?:[^"\\]|\\.)*"), ("(?:[^"\\]|\\.)*");$/gm;

const all = { en: {}, es: {} };
for (const file of readdirSync(FOLDER)) {
  for (const [, name, english, spanish] of readFileSync(new URL(file, FOLDER), "utf8").matchAll(ENTRY)) {
    all.en[name] = JSON.parse(english);
    all.es[name] = JSON.parse(spanish);
  }
}

// A name that is not there is a mistake of the test.
const strict = (language) =>
  new Proxy(all[language], {
    get: (known, name) => {
      if (!(name in known)) throw new Error(`no words are called ${String(name)} in ui/src/words`);
      return known[name];
    },
  });

const both = { en: strict("en"), es: strict("es") };

export const words = (language) => both[language];
