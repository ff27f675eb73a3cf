"""The spout that `gstorm conform` asks for: it emits 1, 2 and 3, and again what failed."""

import json
import os
import sys


def read():
    lines = []
    for line in iter(sys.stdin.buffer.readline, b""):
        if line.rstrip(b"\r\n") == b"end":
            return json.loads(b"".join(lines).decode("utf-8"))
        lines.append(line)
    sys.exit()


def say(message):
    sys.stdout.write(json.dumps(message) + "\nend\n")
    sys.stdout.flush()


handshake = read()
say({"pid": os.getpid()})
open(os.path.join(handshake["pidDir"], str(os.getpid())), "w").close()

waiting = [1, 2, 3]
while True:
    command = read()
    if command["command"] == "next" and waiting:
        n = waiting.pop(0)
        say({"command": "emit", "id": n, "tuple": [n], "need_task_ids": False})
    elif command["command"] == "fail":
        waiting.append(command["id"])
    say({"command": "sync"})
