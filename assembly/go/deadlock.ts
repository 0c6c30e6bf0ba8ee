import { proc_exit } from "../bindings/preview1";
import { STDERR_FILENO } from "../process";
import { writeText } from "../output";
import { oldestGoroutine, Wait } from "./goroutine";

/** Go's words for what a goroutine waits for. */
function textOf(wait: Wait): string {
  switch (wait) {
    case Wait.RECEIVE: return "chan receive";
    case Wait.SEND: return "chan send";
    case Wait.SELECT: return "select";
    case Wait.NO_CASE: return "select (no cases)";
    case Wait.SLEEP: return "sleep";
    case Wait.IO: return "IO wait";
    case Wait.MUTEX: return "sync.Mutex.Lock";
    case Wait.READ_LOCK: return "sync.RWMutex.RLock";
    case Wait.WRITE_LOCK: return "sync.RWMutex.Lock";
    case Wait.GROUP: return "sync.WaitGroup.Wait";
    default: return "runnable";
  }
}

/** Go's exit code of a program that the runtime ends. */
// @ts-ignore: decorator
@inline
const FATAL: i32 = 2;

/** Nobody can run, and nothing will happen that could change it: says who waits for what, and ends the program. */
export function reportDeadlock(): void {
  let text = "fatal error: all goroutines are asleep - deadlock!\n";
  let g = oldestGoroutine();
  while (g !== null) {
    text += `\ngoroutine ${g.id} [${textOf(g.wait)}]:`;
    g = g.newer;
  }
  writeText(STDERR_FILENO, text + "\n");
  proc_exit(FATAL);
  unreachable();
}
