"""The components of the word count on gstorm's own library."""
import os
from collections import Counter

from gostorm import Bolt, Spout, bolt

with open(os.path.join(os.path.dirname(__file__), "sentences.txt"), encoding="utf-8") as file:
    SENTENCES = file.read().splitlines()


class Sentences(Spout):
    """Emits the sentences in turn until it is stopped, each with an id."""

    outputs = ["sentence"]

    def initialize(self, conf, ctx):
        self.n = 0

    def next_tuple(self):
        self.emit([SENTENCES[self.n % len(SENTENCES)]], tup_id=self.n)
        self.n += 1


@bolt(outputs=["word"])
def Split(sentence):
    for word in sentence.split():
        yield [word]


class Count(Bolt):
    """Counts the words, and says at its end how many there were."""

    outputs = ["word", "count"]

    def initialize(self, conf, ctx):
        self.counts = Counter()

    def process(self, word):
        self.counts[word] += 1

    def cleanup(self):
        for word, count in self.counts.items():
            self.emit([word, count])


@bolt(outputs=["sentence"])
def Pass(sentence):
    """Hands on what it gets."""
    return [sentence]
