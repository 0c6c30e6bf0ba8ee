import type { FileStatus } from "../../core/kernel.js";
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../../core/linux.generated.js";

const FILETYPES: Readonly<Record<number, number>> = {
  [S_IFBLK]: 1,
  [S_IFCHR]: 2,
  [S_IFDIR]: 3,
  [S_IFREG]: 4,
  [S_IFLNK]: 7,
};
const FILETYPE_UNKNOWN = 0;
export const FILETYPE_CHARACTER_DEVICE = 2;
const FILETYPE_SOCKET_DGRAM = 5;
const FILETYPE_SOCKET_STREAM = 6;

/** preview1 knows two kinds of sockets; seqpacket, connected as it is, is a stream to it. */
export function filetypeOf(socket: unknown, { mode }: Pick<FileStatus, "mode">): number {
  if ((mode & S_IFMT) !== S_IFSOCK) return FILETYPES[mode & S_IFMT] ?? FILETYPE_UNKNOWN;
  const type = typeof socket === "object" ? (socket as { type: number }).type : SOCK_STREAM;
  const isDatagram = type !== SOCK_STREAM && type !== SOCK_SEQPACKET;
  return isDatagram ? FILETYPE_SOCKET_DGRAM : FILETYPE_SOCKET_STREAM;
}
