# Gives every word three exclamation marks, and then three more: a chain of two bolts that are the same function.
#
#   gstorm run examples/02-exclamation/exclamation.py
#   gstorm run examples/02-exclamation/exclamation.py -- hello world
#
# To try next: gstorm graph exclamation.py shows the chain; another exclaim3 = exclaim.spec(...) makes it longer; a raise in
# exclaim, now and then, shows that words which fail are sent again, so that the counts stay the same.
import sys
from collections import Counter

from gostorm import Bolt, Grouping, ReliableSpout, Topology, bolt

NAMES = ["nathan", "mike", "jackson", "golda", "bertels"]


class Words(ReliableSpout):
    outputs = ["word"]

    def each_tuple(self):
        for word in (sys.argv[1:] or NAMES) * 1000:
            yield [word]


@bolt(outputs=["word"])
def exclaim(word):
    return f"{word}!!!"


class Report(Bolt):
    def initialize(self, conf, ctx):
        self.counts = Counter()

    def process(self, word):
        self.counts[word] += 1

    def cleanup(self):
        for word, count in sorted(self.counts.items()):
            print(f"{count:7d} {word}")


class Exclamation(Topology):
    words = Words.spec()
    exclaim1 = exclaim.spec(inputs=[words], par=3)
    exclaim2 = exclaim.spec(inputs=[exclaim1], par=2)
    report = Report.spec(inputs={exclaim2: Grouping.GLOBAL})
    config = {"topology.max.spout.pending": 1000}
