"""The two components that `gstorm conform` asks for, written with gstorm's own library."""

from gostorm import Bolt, ReliableSpout, Topology


class Count(ReliableSpout):
    outputs = ["v"]

    def each_tuple(self):
        for n in (1, 2, 3):
            yield [n]


class Echo(Bolt):
    outputs = ["v"]

    def process(self, tup):
        self.emit([tup[0]])


class Conformance(Topology):
    count = Count.spec()
    echo = Echo.spec(inputs=[count])
