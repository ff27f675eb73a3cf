"""Plays the host to one task in a process of its own, over pipes, as gstorm does."""
from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import tempfile

from support.process import PATIENCE_SECS, Process, contents

EXTENSION = {"v": 1, "features": ["finished", "busy", "error_at"]}
BATCHES = {"v": 1, "features": [*EXTENSION["features"], "batch"]}


class Host:
    """file: the topology's. inputs: {component: fields} of the default stream, or {component: {stream: fields}}.
    outputs: {stream: fields}; consumed: the streams of them that somebody subscribes to."""

    def __init__(self, file, component, dir, conf=None, inputs=None, outputs=None, consumed=None, offer=EXTENSION, args=(),
                 env=None, options=(), prints=True, python=None):
        self.messages = []
        self._ids = 0
        self._text = b""
        self._prints = tempfile.TemporaryFile()
        number = str(self._prints.fileno())
        self._process = Process(["task", file, *options, "--component", component, "--", *args], dir, env,
                                {"GSTORM_STDOUT_FD": number} if prints else {}, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, python=python)
        self._to, self._from = self._process.process.stdin, self._process.process.stdout
        self._shake_hands(component, conf or {}, inputs or {}, outputs or {}, consumed, offer)

    pid = property(lambda self: self._process.pid)

    def tuple(self, *values, comp="source", stream="default", id=None, task=1):
        """Sends a tuple and returns its id."""
        if id is None:
            self._ids += 1
            id = str(self._ids)
        self.write({"id": id, "comp": comp, "stream": stream, "task": task, "tuple": list(values)})
        return id

    def batch(self, first, *tuples, comp="source", stream="default", task=1):
        """Sends tuples of one source as one frame."""
        self.write({"first": first, "comp": comp, "stream": stream, "task": task, "batch": [list(values) for values in tuples]})

    def settled(self, *ids):
        """Reads until these tuples of batches are acked or failed, and returns the messages, merged."""
        taken, open = [], set(ids)
        while open:
            taken.append(self.read())
            open -= {*acks(taken[-1]), *fails(taken[-1])}
        return merged(taken)

    def tick(self):
        return self.tuple(1, comp="__system", stream="__tick", task=-1)

    def heartbeat(self):
        self.tuple(comp=None, stream="__heartbeat", task=-1, id="hb")

    def command(self, name, id=""):
        """Sends a command and returns the messages that came before its sync."""
        self.write({"command": name, "id": id})
        return self.take_until("sync")[:-1]

    def write(self, *messages):
        self._to.write("".join(json.dumps(message) + "\nend\n" for message in messages).encode())
        self._to.flush()

    def read(self):
        """The next message of the task."""
        message = self.try_read()
        assert message is not None, f"the task has ended; it left {self._text!r}\n{self.stderr()}"
        return message

    def try_read(self):
        """The next message of the task, None at its end."""
        while b"\nend\n" not in self._text:
            assert select.select([self._from], [], [], PATIENCE_SECS)[0], f"the task says nothing\n{self.stderr()}"
            chunk = os.read(self._from.fileno(), 1 << 20)
            if not chunk:
                return None
            self._text += chunk
        frame, self._text = self._text.split(b"\nend\n", 1)
        self.messages.append(json.loads(frame))
        return self.messages[-1]

    def take_until(self, command):
        """The messages up to the first of that command, itself included."""
        taken = [self.read()]
        while taken[-1].get("command") != command:
            taken.append(self.read())
        return taken

    def handle(self, *values, **options):
        """Sends a tuple and returns the messages up to its ack or fail."""
        id = self.tuple(*values, **options)
        taken = []
        while not taken or taken[-1].get("command") not in ("ack", "fail") or taken[-1]["id"] != id:
            taken.append(self.read())
        return taken

    def emitted(self, *values, **options):
        """The tuples that handling one emits."""
        return [message["tuple"] for message in self.handle(*values, **options) if message["command"] == "emit"]

    def next(self):
        """What the spout emits when asked for the next: (values, wire id)."""
        return [(message["tuple"], message.get("id")) for message in self.command("next") if message["command"] == "emit"]

    def stdout(self):
        """What the task has printed so far; after its end, all of it."""
        return contents(self._prints)

    def stderr(self):
        return self._process.stderr()

    def close_input(self):
        self._to.close()

    def close_output(self):
        self._from.close()

    def finish(self):
        """Ends the input, reads to the end and returns the exit status."""
        self.close_input()
        return self.status()

    def status(self):
        """Reads to the end and returns the exit status."""
        while not self._from.closed and self.try_read() is not None:
            pass
        return self._process.status()

    def signal(self, name):
        os.kill(self.pid, getattr(signal, f"SIG{name}"))

    def kill(self):
        self._process.kill()
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except BrokenPipeError:
                pass
        self._pid_dir.cleanup()

    def _shake_hands(self, component, conf, inputs, outputs, consumed, offer):
        self._pid_dir = tempfile.TemporaryDirectory()
        self.pid_dir = self._pid_dir.name
        message = {"pidDir": self.pid_dir, "conf": conf, "context": context(component, inputs, outputs, consumed)}
        if offer:
            message["gstorm"] = offer
        self.write(message)
        self.accepted = self.read().get("gstorm")


def emits(message):
    """What a batch emits: (anchors or message id, values, stream, task)."""
    return [(head, values, group.get("stream"), group.get("task"))
            for group in message.get("emits", ()) for head, *tuples in group["tuples"] for values in tuples]


def merged(messages):
    """The messages, with batches that follow each other as one: when a batch goes out is also a matter of time."""
    made = []
    for message in messages:
        if made and message["command"] == made[-1]["command"] == "batch":
            for key in message.keys() - {"command"}:
                made[-1][key] = made[-1].get(key, []) + message[key] if key != "sync" else True
        else:
            made.append(dict(message))
    return made


def acks(message):
    return _ids(message, "acks")


def fails(message):
    return _ids(message, "fails")


def _ids(message, key):
    return [id for part in message.get(key, ()) for id in (range(part[0], part[1] + 1) if isinstance(part, list) else [part])]


def context(component, inputs, outputs, consumed):
    fields = {source: value if isinstance(value, dict) else {"default": value} for source, value in inputs.items()}
    streams = outputs if consumed is None else consumed
    return {
        "taskid": 3, "componentid": component, "task->component": {"1": "source", "3": component},
        "source->stream->fields": fields, "stream->outputfields": outputs,
        "stream->target->grouping": {stream: {"sink": {"type": "SHUFFLE"}} for stream in streams},
    }
