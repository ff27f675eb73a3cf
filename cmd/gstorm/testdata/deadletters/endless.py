"""Numbers that come once, and a bolt that can't handle every tenth of them before the file that it is told of is there."""
import os
import sys

from gostorm import Bolt, Spout, Topology


class Numbers(Spout):
    outputs = ["n"]

    def initialize(self, conf, ctx):
        self.todo = list(range(50))

    def next_tuple(self):
        if self.todo:
            n = self.todo.pop(0)
            self.emit([n], tup_id=n)

    def ack(self, tup_id):
        pass

    def fail(self, tup_id):
        self.todo.append(tup_id)


class Work(Bolt):
    outputs = ["n"]

    def process(self, tup):
        if tup["n"] % 10 == 3 and not os.path.exists(sys.argv[1]):
            raise ValueError("%d can't be handled" % tup["n"])
        self.emit([tup["n"]])


class Endless(Topology):
    numbers = Numbers.spec()
    work = Work.spec(inputs=[numbers])
    config = {"gstorm.retry.max": 3}
