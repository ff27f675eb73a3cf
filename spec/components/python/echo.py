"""The bolt that `gstorm conform` asks for: it emits the first value of each tuple, anchored, and acks it."""

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

while True:
    t = read()
    if t["stream"] == "__heartbeat":
        say({"command": "sync"})
    elif t["stream"] != "__tick":
        say({"command": "emit", "tuple": t["tuple"][:1], "anchors": [t["id"]], "need_task_ids": False})
        say({"command": "ack", "id": t["id"]})
