/**
 * What is remembered of a descriptor that was opened below a directory. Duplicates share it.
 *
 * Rights are the guest's own: it can give them up. What it may do at all is for the permissions to say.
 */
export interface OpenFile {
  /** What may be done with the descriptor; the bits are the ABI's. */
  rights: bigint;
  /** What may be done with the descriptors that are opened below it. */
  inheriting: bigint;
  /** Whether the guest opened it by path_open: others' descriptors may have flags that protect them. */
  readonly isOwn: boolean;
  /** What the guest calls a directory that it was started with; null for all others. */
  readonly preopenName: Uint8Array | null;
}
