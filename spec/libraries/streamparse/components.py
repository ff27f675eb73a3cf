"""What `gstorm conform` asks for, on streamparse: streamparse_run components.echo|count."""

from streamparse import Bolt, ReliableSpout


class echo(Bolt):
    outputs = ["v"]

    def process(self, tup):
        self.emit([tup.values[0]])


class count(ReliableSpout):
    outputs = ["v"]

    def initialize(self, conf, context):
        self.waiting = [1, 2, 3]

    def next_tuple(self):
        if self.waiting:
            n = self.waiting.pop(0)
            self.emit([n], tup_id=n)
