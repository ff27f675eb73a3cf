# Counts the words of the files given after --, or of three lines of its own:
#
#   gstorm run my_topology.py
#   gstorm run my_topology.py -- some.txt other.txt
import sys
from collections import Counter

from gostorm import Bolt, Grouping, ReliableSpout, Topology, bolt

LINES = ["what was sent out", "has to come home", "or to say that it will not come home"]


class Lines(ReliableSpout):
    """A line that fails on its way is sent again. The run ends when each_tuple has returned and every line was handled."""

    outputs = ["line"]

    def each_tuple(self):
        if not sys.argv[1:]:
            yield from ([line] for line in LINES)
        for path in sys.argv[1:]:
            with open(path, encoding="utf-8") as file:
                yield from ([line.rstrip("\n")] for line in file)


@bolt(outputs=["word"])
def split(line):
    for word in line.lower().split():
        yield [word]


class Count(Bolt):
    """Could be several tasks: the same word always goes to the same one."""

    outputs = ["word", "count"]

    def initialize(self, conf, ctx):
        self.counts = Counter()

    def process(self, word):
        self.counts[word] += 1
        return [word, self.counts[word]]

    def cleanup(self):
        for word, count in sorted(self.counts.items()):
            print(count, word)


class MyTopology(Topology):
    name = "my_topology"
    config = {"topology.max.spout.pending": 1000}
    lines = Lines.spec()
    split = split.spec(inputs=[lines], par=2)
    count = Count.spec(inputs={split: Grouping.fields("word")})
