# Counts the words of the files given after --, or of harbour.txt:
#
#   gstorm run examples/01-word-count/word_count.py
#   gstorm run examples/01-word-count/word_count.py -- some.txt other.txt
#
# Every line is a tuple that gstorm tracks: should a splitter or a counter fail, the line is sent again.
import os
import re
import sys
from collections import Counter

from gostorm import Bolt, Grouping, ReliableSpout, Topology, bolt

HARBOUR = os.path.join(os.path.dirname(__file__), "harbour.txt")


class Lines(ReliableSpout):
    outputs = ["line"]

    def each_tuple(self):
        # The run ends when this has returned and every line has been handled.
        for path in sys.argv[1:] or [HARBOUR]:
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    yield [line.rstrip("\n")]


@bolt(outputs=["word"])
def split(line):
    for word in re.findall("[a-z]+", line.lower()):
        yield [word]


class Count(Bolt):
    outputs = ["word", "count"]

    def initialize(self, conf, ctx):
        self.counts = Counter()

    def process(self, tup):
        self.counts[tup["word"]] += 1

    def cleanup(self):  # what it emits reaches Report before its own cleanup
        for word, count in self.counts.items():
            self.emit([word, count])


class Report(Bolt):
    def initialize(self, conf, ctx):
        self.counts = []

    def process(self, word, count):
        self.counts.append((-count, word))

    def cleanup(self):
        for count, word in sorted(self.counts):
            print(f"{-count:7d} {word}")


class WordCount(Topology):
    lines = Lines.spec()
    split = split.spec(inputs=[lines], par=2)
    count = Count.spec(inputs={split: Grouping.fields("word")}, par=2)
    report = Report.spec(inputs={count: Grouping.GLOBAL})
    config = {"topology.max.spout.pending": 1000}
