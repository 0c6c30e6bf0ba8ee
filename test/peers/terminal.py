# Runs a command at a terminal of its own: terminal.py [--ahead TEXT] ANSWERS COMMAND [ARGS]...
# Types a letter of ANSWERS, and Enter, at each question; prints all that was shown, and the exit status.
import os
import pty
import sys

words = sys.argv[1:]
ahead = b""
if words[0] == "--ahead":
    ahead, words = words[1].encode(), words[2:]
answers, command = list(words[0]), words[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
os.write(terminal, ahead)
shown, asked = b"", 0
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    while shown.count(b"further > ") > asked and answers:
        asked += 1
        os.write(terminal, answers.pop(0).encode() + b"\n")
sys.stdout.write(shown.decode().replace("\r\n", "\n"))
print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
