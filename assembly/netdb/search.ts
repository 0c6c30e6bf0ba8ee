// One name, tried in several domains: the rules of glibc's res_search. resolver(3)

import { ECANCELED, ECONNREFUSED, HOST_NOT_FOUND, NO_DATA, SERVFAIL, TRY_AGAIN } from "../linux.generated";
import { Answer } from "./answer";
import { Configuration } from "./configuration";

/** What is asked of each name that a search tries. */
export abstract class Inquiry {
  /** The answer that decides: without an error the search is over. */
  abstract ask(name: string): Answer;
}

/** Whether a name is tried as it is only: it ends in a dot, or is this machine in whatever domain. RFC 6761 section 6.3 */
export function isComplete(name: string): bool {
  const lower = name.toLowerCase();
  return name.endsWith(".") || lower == "localhost" || lower.endsWith(".localhost");
}

/** The names to ask for one after another, as resolv.conf(5) has it: itself first if it has dots enough, else last. */
export function candidates(name: string, configuration: Configuration): string[] {
  const domains = configuration.search;
  const isFirst = name.split(".").length > configuration.ndots;
  const names: string[] = isFirst ? [name] : [];
  for (let i = 0; i < domains.length; i++) {
    names.push(domains[i] == "." ? `${name}.` : `${name}.${domains[i]}`);
  }
  if (!isFirst) names.push(name);
  return names;
}

/** Has `inquiry` ask for one candidate after another; the answer that it found, or the failure that says most. */
export function search(name: string, configuration: Configuration, inquiry: Inquiry): Answer {
  const names = candidates(name, configuration);
  const isFirst = names[0] == name;
  let told = inquiry.ask(names[0]);
  let isOver = !isFirst && isFinal(told);
  for (let i = 1; i < names.length && told.error != 0; i++) {
    const isItself = names[i] == name;
    if (isOver && !isItself) continue;
    const answer = inquiry.ask(names[i]);
    isOver = isOver || isFinal(answer);
    // Of a name that was tried as it is first, that is told.
    const saysMore = isItself ? rank(answer) >= rank(told) : rank(answer) > rank(told);
    if (answer.error == 0 || (!isFirst && saysMore)) told = answer;
  }
  return told;
}

/** Tells whether other domains would fare no better: there is no server to ask, or nobody who waits. */
function isFinal(answer: Answer): bool {
  return answer.errno == ECONNREFUSED || answer.errno == ECANCELED || (answer.error == TRY_AGAIN && answer.rcode != SERVFAIL);
}

/** Of several failures the one that says most is told: a refusal, then a name without data, then a silent server. */
function rank(answer: Answer): i32 {
  if (answer.errno != 0) return 4;
  if (answer.error == NO_DATA) return 3;
  if (answer.error == TRY_AGAIN) return 2;
  return answer.error == HOST_NOT_FOUND ? 0 : 1;
}
