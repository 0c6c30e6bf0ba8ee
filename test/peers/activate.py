# Starts a command with listeners, as systemd does: activate.py NAMES COMMAND [ARGS]...
# Prints the port of each, then becomes the command. No name: passes none of the variables.
import os
import socket
import sys

names = sys.argv[1]
count = len(names.split(":")) if names else 1
listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
print(*(listener.getsockname()[1] for listener in listeners), flush=True)
for number, listener in enumerate(listeners, 3):
    if listener.fileno() != number:
        os.dup2(listener.fileno(), number)
    os.set_inheritable(number, True)
if names:
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(count), LISTEN_FDNAMES=names)
os.execvp(sys.argv[2], sys.argv[2:])
