// What a reviser's check says of a segment, in the reader's language.

import { knows, say } from "./words.js";

/** The sentence of a `translation.checks.Fault` as JSON. A check that has no words keeps its English. */
export function told(fault) {
  const key = [`check.${fault.check}.${fault.kind}`, `check.${fault.check}`].find(knows);
  return key ? say(key, fault) : fault.message;
}
