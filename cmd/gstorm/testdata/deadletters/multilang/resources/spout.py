# A spout on Storm's own storm.py: what fails is emitted again, and it leaves when all is acked.
import sys

import storm


class Numbers(storm.Spout):
    def initialize(self, conf, context):
        self.todo, self.left = list(range(50)), 50

    def nextTuple(self):
        if self.todo:
            n = self.todo.pop(0)
            storm.emit([n, "<%d>" % n], id=n)
        elif self.left == 0:
            sys.exit(0)  # how a spout on Storm's library says that it has finished

    def ack(self, id):
        self.left -= 1

    def fail(self, id):
        self.todo.append(id)


Numbers().run()
