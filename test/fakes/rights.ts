import { canonicalName } from "../../host/core/permissions/name.js";
import { type Denial, Permissions } from "../../host/core/permissions/permissions.js";
import type { Transport } from "../../host/core/permissions/rule.js";
import { smallestGrant } from "../../host/core/permissions/smallest-grant.js";
import { bytesOfText } from "../core/permissions/ip-model.js";
import { addressText, policyOf } from "./guest.js";

/** A guest's permissions, as look-ups and connections use them. */
export class Rights {
  readonly denials: Denial[] = [];
  readonly permissions: Permissions;

  constructor(flags: string) {
    this.permissions = new Permissions(policyOf(flags), { onDenial: (denial) => this.denials.push(denial) });
  }

  /** Looks a name up: the answer is leased if policy lets it be asked for. */
  resolve(text: string, ...addresses: string[]): boolean {
    const name = canonicalName(text, addressText);
    if (name === null || this.permissions.check({ verb: "resolve", name }) !== 0) return false;
    this.permissions.lease(name, addresses.map(bytesOfText));
    return true;
  }

  connect(address: string, port = 443, transport: Transport = "tcp"): boolean {
    const endpoint = { kind: "ip", transport, address: bytesOfText(address), port } as const;
    return this.permissions.check({ verb: "connect", endpoint }) === 0;
  }

  /** Asks for the name of an address. */
  reverse(address: string): boolean {
    return this.permissions.check({ verb: "resolve", name: "reverse.arpa", address: bytesOfText(address) }) === 0;
  }

  get lastGrant(): string | null {
    const denial = this.denials.at(-1);
    return denial === undefined ? null : smallestGrant(denial.question, addressText);
  }
}
