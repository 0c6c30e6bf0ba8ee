/** What the command answers where the program's own status does not. */
export const EXIT = {
  trap: 1,
  usage: 2,
  /** A permission was denied and the program failed (EX_NOPERM). */
  denied: 77,
  timeLimit: 124,
  otherLimit: 125,
  /** The program could not be loaded or compiled. */
  notLoaded: 126,
} as const;
