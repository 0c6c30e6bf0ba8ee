import { tracedBerkeley } from "../abi/berkeley/trace.js";
import type { AddressText } from "../core/permissions/address-text.js";
import { Recorder } from "../core/trace/recorder.js";
import type { Tracer } from "../core/trace/tracer.js";
import type { WrapImports } from "./run-guest.js";

/** Tells `tracer` of every socket call. Loaded only by those who trace. */
export function traceCalls(tracer: Tracer, addresses: AddressText): WrapImports {
  return (imports, context) => tracedBerkeley(imports, context, new Recorder(context.core, tracer, addresses));
}
