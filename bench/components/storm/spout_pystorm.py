import os

import pystorm

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentences.txt")) as file:
    SENTENCES = file.read().splitlines()


class SentenceSpout(pystorm.Spout):
    n = 0

    def next_tuple(self):
        self.emit([SENTENCES[self.n % len(SENTENCES)]], tup_id=self.n)
        self.n += 1

    def ack(self, tup_id):
        pass

    def fail(self, tup_id):
        pass


SentenceSpout().run()
