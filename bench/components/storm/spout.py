import os

import storm

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentences.txt")) as file:
    SENTENCES = file.read().splitlines()


class SentenceSpout(storm.Spout):
    n = 0

    def nextTuple(self):
        storm.emit([SENTENCES[self.n % len(SENTENCES)]], id=self.n)
        self.n += 1


SentenceSpout().run()
