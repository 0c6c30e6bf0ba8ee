// Goroutines, channels and select. Docs: docs/guest/goroutines.md

export { Chan } from "./go/channel";
export { numGoroutine } from "./go/goroutine";
export { cancelWaits, setReadDeadline, setWriteDeadline, waitReadable, waitWritable } from "./go/poller";
export { go, go0, gosched } from "./go/scheduler";
export { NO_CASE, Select } from "./go/select";
