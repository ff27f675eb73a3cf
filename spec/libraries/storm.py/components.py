"""What `gstorm conform` asks for, on storm.py: components.py echo|count."""

import sys

import storm


class Echo(storm.BasicBolt):
    def process(self, tup):
        if tup.stream != "__tick":
            storm.emit([tup.values[0]])


class Count(storm.Spout):
    def initialize(self, conf, context):
        self.waiting = [1, 2, 3]

    def nextTuple(self):
        if self.waiting:
            n = self.waiting.pop(0)
            storm.emit([n], id=n)

    def fail(self, id):
        self.waiting.append(id)


{"echo": Echo, "count": Count}[sys.argv[1]]().run()
