"""The running word count on bytewax: one process, one worker, sentences from memory.

    word_count.py WARM SECONDS BATCH BEGUN COMPONENTS

BATCH sentences come from the source at a time, BEGUN is when the process was started, in ms since 1970, and COMPONENTS the
folder of the text. Prints one line of JSON with the keys of measure.Result.
"""
import json
import os
import sys
import time
from collections import Counter, deque

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import cluster_main

QUARTERS = 4
WARM, SECONDS, BATCH, BEGUN = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
with open(os.path.join(sys.argv[5], "sentences.txt"), encoding="utf-8") as file:
    SENTENCES = file.read().splitlines()
WORDS_PER_SENTENCE = sum(len(sentence.split()) for sentence in SENTENCES) / len(SENTENCES)


class Sentences(StatelessSourcePartition):
    """Emits the sentences in turn until all has been measured."""

    def __init__(self):
        self.emitted = 0

    def next_batch(self):
        if meter.over:
            meter.emitted = self.emitted
            raise StopIteration
        first, self.emitted = self.emitted, self.emitted + BATCH
        return [SENTENCES[n % len(SENTENCES)] for n in range(first, self.emitted)]


class Source(DynamicSource):
    def build(self, step_id, worker_index, worker_count):
        return Sentences()


class Meter(StatelessSinkPartition):
    """Gets every new count of a word, and looks at the clock."""

    def __init__(self):
        self.over = False
        self.words = self.emitted = 0
        self.start_ms = 0.0
        self.marks = []  # (time, words, CPU time) at the beginning of what is measured and after each quarter
        self.due = None
        self.last = deque(maxlen=4 * len(SENTENCES))  # batches in which every word has its last count

    def write_batch(self, items):
        self.words += len(items)
        self.last.append(items)
        now = time.monotonic()
        if self.due is None:
            self.start_ms = time.time() * 1000 - BEGUN
            self.due = now + WARM
        elif now >= self.due and not self.over:
            self.marks.append((now, self.words, time.process_time()))
            self.due = now + SECONDS / QUARTERS
            self.over = len(self.marks) > QUARTERS

    def counts(self):
        counts = Counter()
        for items in self.last:
            counts |= Counter(dict(items))  # the largest of each word's
        return counts


class Sink(DynamicSink):
    def build(self, step_id, worker_index, worker_count):
        return meter


def expected(emitted):
    counts = Counter()
    for i, sentence in enumerate(SENTENCES):
        times = emitted // len(SENTENCES) + (i < emitted % len(SENTENCES))
        for word in sentence.split():
            counts[word] += times
    return counts


def resident_mb():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def running_count(count, _value):
    count = (count or 0) + 1
    return count, count


meter = Meter()
flow = Dataflow("word_count")
sentences = op.input("sentences", flow, Source())
words = op.flat_map("split", sentences, lambda sentence: sentence.split(" "))
keyed = op.key_on("key", words, lambda word: word)
counts = op.stateful_map("count", keyed, running_count)
op.output("counts", counts, Sink())
cluster_main(flow, [], 0, worker_count_per_proc=1)

begin, end = meter.marks[0], meter.marks[-1]
elapsed = end[0] - begin[0]
words_s = (end[1] - begin[1]) / elapsed
rates = [(b[1] - a[1]) / (b[0] - a[0]) / WORDS_PER_SENTENCE for a, b in zip(meter.marks, meter.marks[1:])]
right = meter.counts() == expected(meter.emitted) and meter.words == sum(expected(meter.emitted).values())
print(json.dumps({
    "engine": "bytewax",
    "sentences_s": words_s / WORDS_PER_SENTENCE, "slowest_s": min(rates), "fastest_s": max(rates),
    "tuples_s": words_s / WORDS_PER_SENTENCE + words_s,
    "cpu": (end[2] - begin[2]) / elapsed, "rss_mb": resident_mb(), "start_ms": meter.start_ms,
    "emitted": meter.emitted, "counted": meter.words,
    "error": "" if right else "the counts are not those of what was emitted",
}))
