"""What `gstorm conform` asks for, on pystorm: components.py echo|count."""

import sys

from pystorm import Bolt, Spout


class Echo(Bolt):
    def process(self, tup):
        self.emit([tup.values[0]])


class Count(Spout):
    def initialize(self, conf, context):
        self.waiting = [1, 2, 3]

    def next_tuple(self):
        if self.waiting:
            n = self.waiting.pop(0)
            self.emit([n], tup_id=n)

    def fail(self, tup_id):
        self.waiting.append(tup_id)


{"echo": Echo, "count": Count}[sys.argv[1]]().run()
