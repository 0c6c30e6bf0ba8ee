// Go's package bufio. Where Go returns an error beside a result, it is left in
// `err`, until the next call.

export {
  ErrBufferFull,
  ErrInvalidUnreadByte,
  ErrInvalidUnreadRune,
  ErrNegativeCount,
  Reader,
} from "./bufio/reader";
export {
  ErrAdvanceTooFar,
  ErrFinalToken,
  MAX_SCAN_TOKEN_SIZE,
  ErrNegativeAdvance,
  Scanner,
  Split,
  SplitFunc,
  scanBytes,
  scanLines,
  scanRunes,
  scanWords,
  ErrTooLong,
} from "./bufio/scanner";
export { ReadWriter, Writer } from "./bufio/writer";
