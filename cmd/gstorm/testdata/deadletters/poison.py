import os
from gostorm import Bolt, ReliableSpout, Topology


class Numbers(ReliableSpout):
    outputs = ["n", "text"]

    def each_tuple(self):
        for n in range(50):
            yield [n, "<é %d>" % n]


class Work(Bolt):
    def process(self, tup):
        if tup["n"] == 13 and not os.path.exists(os.environ["MENDED"]):
            raise ValueError("13 brings bad luck")
        self.emit([tup["n"]])

    outputs = ["n"]


class Poison(Topology):
    numbers = Numbers.spec()
    work = Work.spec(inputs=[numbers])
    config = {"gstorm.retry.max": 3}
