# kept.rb in Python: writes every word to a file before it is acked, so that what was lost can be counted.
# Arguments: a folder, a text. Every process leaves its id in FOLDER/pids.
import os
import re
import sys

from gostorm import Bolt, Grouping, ReliableSpout, Spout, Topology

FOLDER, TEXT = sys.argv[1:]


def leave_pid(component):
    with open(f"{FOLDER}/pids/{type(component).__name__.lower()}.{os.getpid()}", "w"):
        pass


class Remembering(ReliableSpout):
    """Replays by itself, from memory."""

    outputs = ["line"]

    def each_tuple(self):
        with open(TEXT) as text:
            for line in text:
                yield [line]


class Noting(Spout):
    """Survives its own death: it notes up to which line everything was acked, and begins there."""

    outputs = ["line"]

    def initialize(self, conf, ctx):
        leave_pid(self)
        with open(TEXT) as text:
            self.lines = text.readlines()
        self.note = f"{FOLDER}/offset"
        self.acked_to = int(open(self.note).read()) if os.path.exists(self.note) else 0
        self.next = self.acked_to
        self.acked, self.again = set(), []

    def next_tuple(self):
        if self.again:
            number = self.again.pop(0)
        elif self.next < len(self.lines):
            number, self.next = self.next, self.next + 1
        else:
            if self.acked_to == len(self.lines):
                self.finish()
            return
        self.emit([self.lines[number]], tup_id=number)

    def ack(self, number):
        self.acked.add(number)
        while self.acked_to in self.acked:
            self.acked.remove(self.acked_to)
            self.acked_to += 1
        with open(f"{self.note}.new", "w") as file:
            file.write(str(self.acked_to))
        os.rename(f"{self.note}.new", self.note)

    def fail(self, number):
        self.again.append(number)


class Split(Bolt):
    outputs = ["word"]

    def initialize(self, conf, ctx):
        leave_pid(self)

    def process(self, line):
        for word in re.findall("[a-z]+", line.lower()):
            yield [word]


class Sink(Bolt):
    def initialize(self, conf, ctx):
        leave_pid(self)
        self.file = os.open(f"{FOLDER}/words.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def process(self, word):
        os.write(self.file, f"{word}\n".encode())


class BoltsDie(Topology):
    lines = Remembering.spec()
    split = Split.spec(inputs=[lines], par=2)
    sink = Sink.spec(inputs={split: Grouping.fields("word")}, par=2)
    config = {"topology.max.spout.pending": 50}


class SpoutDies(Topology):
    lines = Noting.spec()
    split = Split.spec(inputs=[lines], par=2)
    sink = Sink.spec(inputs={split: Grouping.fields("word")}, par=2)
    config = {"topology.max.spout.pending": 50}
