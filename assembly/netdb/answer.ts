// What came of a look-up.

import { chainEnd, chainLinks, chainPlace, followChain, isAtEnd } from "../dns/chain";
import { answerCount, questionEnd, questionName, responseCode } from "../dns/message";
import { expandName, sameName } from "../dns/name";
import { owner, readRecord, recordClass, recordData, recordType } from "../dns/record";
import {
  C_IN,
  EACCES,
  ECONNREFUSED,
  ENETUNREACH,
  ETIMEDOUT,
  HOST_NOT_FOUND,
  NETDB_INTERNAL,
  NO_DATA,
  NO_RECOVERY,
  NOERROR,
  NXDOMAIN,
  SERVFAIL,
  T_CNAME,
  TRY_AGAIN,
} from "../linux.generated";
import { makeRecord, nameText, ResourceRecord } from "./records";

const target: usize = memory.data(255);

/** The records of a name, or why there are none. */
@final
export class Answer {
  /** The name that has the records: the canonical one, at the end of all aliases. */
  name: string = "";
  /** The aliases that led to it, beginning with the name that was asked for, and then any others of it. */
  aliases: string[] = [];
  /** The records of the type that was asked for, in the server's order. */
  records: ResourceRecord[] = [];
  /** The server's response code: NOERROR, NXDOMAIN, …; -1 without an answer. */
  rcode: i32 = -1;

  constructor(
    /** 0, or HOST_NOT_FOUND, TRY_AGAIN, NO_RECOVERY, NO_DATA or NETDB_INTERNAL, as in h_errno. */
    readonly error: i32 = 0,
    /** Why there is no answer: EACCES (not permitted), ETIMEDOUT, …; or 0. */
    readonly errno: i32 = 0,
  ) {}

  /** No answer came, for this errno. */
  static failure(errno: i32): Answer {
    switch (errno) {
      case EACCES:
        return new Answer(NO_RECOVERY, errno);
      case ETIMEDOUT:
      case ECONNREFUSED:
      case ENETUNREACH:
        return new Answer(TRY_AGAIN, errno);
      default:
        return new Answer(NETDB_INTERNAL, errno);
    }
  }

  /** Reads a response that isResponse() has accepted. */
  static read(message: usize, length: i32, type: i32): Answer {
    const followed = type == T_CNAME ? stay() : followChain(message, length);
    const records = followed > 0 ? collect(message, length, type) : [];
    const rcode = responseCode(message);
    const result = new Answer(errorOf(rcode, followed > 0, records.length));
    result.rcode = rcode;
    result.name = nameText(chainEnd);
    result.records = records;
    if (followed > 0 && type != T_CNAME) result.aliases = collectAliases(message, length);
    return result;
  }
}

/** Makes the question's name the end of the chain: who asks for an alias wants no other name. */
function stay(): i32 {
  memory.copy(chainEnd, questionName, 255);
  return 1;
}

function errorOf(rcode: i32, hasEnd: bool, count: i32): i32 {
  switch (rcode) {
    case NOERROR:
      return !hasEnd ? NO_RECOVERY : count == 0 ? NO_DATA : 0;
    case NXDOMAIN:
      return HOST_NOT_FOUND;
    case SERVFAIL:
      return TRY_AGAIN;
    default:
      return NO_RECOVERY;
  }
}

function collect(message: usize, length: i32, type: i32): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  let offset = questionEnd;
  for (let left = answerCount(message); left > 0; left--) {
    offset = readRecord(message, length, offset);
    if (offset < 0) break;
    if (recordType == type && isAtEnd()) records.push(makeRecord(message, length));
  }
  return records;
}

/** The names on the way from the question's to the one at the end, and those that hosts(5) has for that one. */
function collectAliases(message: usize, length: i32): string[] {
  const aliases: string[] = [];
  for (let i = 0; i < chainLinks; i++) {
    expandName(message, length, chainPlace(i), target);
    aliases.push(nameText(target));
  }
  // The way itself has one link to the end.
  const known = chainLinks == 0 ? -1 : chainPlace(chainLinks);
  let offset = questionEnd;
  for (let left = answerCount(message); left > 0; left--) {
    offset = readRecord(message, length, offset);
    if (offset < 0) break;
    if (recordType != T_CNAME || recordClass != C_IN || recordData == known) continue;
    if (expandName(message, length, recordData, target) >= 0 && sameName(target, chainEnd)) aliases.push(nameText(owner));
  }
  return aliases;
}
