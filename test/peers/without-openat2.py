"""Runs a command on a kernel that has no openat2(2): a filter answers it with ENOSYS, as Linux before 5.6 does."""

import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ALLOW = 0x7FFF0000
SECCOMP_RET_ERRNO = 0x00050000
ENOSYS = 38
OPENAT2 = 437  # on every architecture

LOAD_NUMBER = (0x20, 0, 0, 0)
RETURN = 0x06
JUMP_IF_EQUAL = 0x15

FILTER = [
    LOAD_NUMBER,
    (JUMP_IF_EQUAL, 0, 1, OPENAT2),
    (RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS),
    (RETURN, 0, 0, SECCOMP_RET_ALLOW),
]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def main():
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in FILTER)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(FILTER), ctypes.cast(buffer, ctypes.c_void_p).value)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        sys.exit(f"seccomp: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[1], sys.argv[1:])


main()
