const SYMLINK_FOLLOW = 1;

/** Whether a final symbolic link is followed; null for lookupflags that are none. */
export function followsLinks(flags: number): boolean | null {
  return (flags & ~SYMLINK_FOLLOW) !== 0 ? null : flags === SYMLINK_FOLLOW;
}
