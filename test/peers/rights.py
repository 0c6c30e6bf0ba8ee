"""A peer that passes descriptors: rights.py (send|receive) (stream|datagram|seqpacket) PATH [FILE].

`send` waits for one peer (or, of datagrams, sends to the socket at PATH) and passes FILE and the writing
end of a pipe, then prints what comes out of the pipe. `receive` prints what it reads from the first
descriptor that it is passed.
"""
import array
import os
import socket
import sys

TYPES = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM, "seqpacket": socket.SOCK_SEQPACKET}


def descriptors(control):
    fds = array.array("i")
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return fds


def send(peer, path):
    reader, writer = os.pipe()
    file = os.open(path, os.O_RDONLY)
    rights = array.array("i", [file, writer])
    peer.sendmsg([b"here"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    os.close(file)
    os.close(writer)
    while True:
        data = os.read(reader, 4096)
        if not data:
            break
        sys.stdout.write(data.decode())


def receive(peer):
    data, control, flags, _ = peer.recvmsg(64, 4096)
    fds = descriptors(control)
    print(f"{len(fds)} with {data.decode()}, flags {flags & socket.MSG_CTRUNC}", flush=True)
    if fds:
        sys.stdout.write(os.read(fds[0], 4096).decode())


def main(action, kind, path, *rest):
    end = socket.socket(socket.AF_UNIX, TYPES[kind])
    if kind == "datagram" and action == "send":
        end.connect(path)
    else:
        end.bind(path)
        if kind != "datagram":
            end.listen(1)
        print("ready", flush=True)
        if kind != "datagram":
            end, _ = end.accept()
    if action == "send":
        send(end, *rest)
    else:
        receive(end)


main(*sys.argv[1:])
