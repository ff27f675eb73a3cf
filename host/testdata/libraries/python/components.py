"""Components on storm.py, one for each role of the tests: components.py ROLE."""

import os
import sys

import storm


def once(name):
    """True for the first of all tasks and lives that asks with this name."""
    try:
        open("once-" + name, "x").close()
    except FileExistsError:
        return False
    return True


class Lines(storm.Spout):
    def initialize(self, conf, context):
        self.todo = list(enumerate(conf["test.lines"]))
        self.pending = {}
        self.nextTuple()  # the first line is emitted before anybody asks

    def nextTuple(self):
        if self.todo:
            number, line = self.todo.pop(0)
            self.pending[number] = line
            tasks = storm.emit([line], id=number)
            storm.log("line %d went to %d task" % (number, len(tasks)))

    def ack(self, id):
        del self.pending[id]
        storm.log("line %d acked" % id)

    def fail(self, id):
        storm.log("line %d failed" % id)
        self.todo.append((id, self.pending.pop(id)))


class Split(storm.Bolt):
    def process(self, tup):
        line = tup.values[0]
        if line.startswith("unlucky") and once("fail"):
            storm.fail(tup)
            return
        for word in line.split():
            storm.emit([word], anchors=[tup])
        storm.ack(tup)


class Silent(storm.Bolt):
    """As in Storm's first examples: it neither acks nor anchors."""

    def process(self, tup):
        line = tup.values[0]
        if line.startswith("unlucky") and once("silent"):
            os._exit(0)
        for word in line.split():
            storm.emit([word])


class Count(storm.BasicBolt):
    def initialize(self, conf, context):
        self.counts = {}

    def process(self, tup):
        word = tup.values[0]
        self.counts[word] = self.counts.get(word, 0) + 1
        storm.emit([word, self.counts[word]])


class Follow(storm.BasicBolt):
    def process(self, tup):
        value = tup.values[0]
        if value.startswith("unlucky") and once(value.replace(" ", "-")):
            os._exit(1)
        for part in range(3):
            (task,) = storm.emit([value, part])
            storm.emitDirect(task, [value, part], stream="direct")


class Obey(storm.Bolt):
    def process(self, tup):
        if tup.stream == "__tick":
            storm.emit([tup.component], stream="ticks", anchors=[tup])
            storm.ack(tup)
            return
        order, value = tup.values
        getattr(self, "do_" + order)(tup, value)
        storm.ack(tup)

    def do_echo(self, tup, value):
        storm.emit([value], anchors=[tup])

    def do_tasks(self, tup, value):
        storm.emit([storm.emit([value], anchors=[tup])], stream="tasks", anchors=[tup])

    def do_direct(self, tup, value):
        storm.emitDirect(value, ["direct"], stream="direct", anchors=[tup])

    def do_warn(self, tup, value):
        storm.logWarn(value)

    def do_error(self, tup, value):
        storm.reportError(value)

    def do_metrics(self, tup, value):
        storm.rpcMetrics("orders", value)

    def do_print(self, tup, value):
        print(value)

    def do_throw(self, tup, value):
        if once("throw"):
            raise RuntimeError(value)

    def do_leave(self, tup, value):
        if once("leave"):
            sys.exit(0)


class Faulty(storm.Spout):
    def initialize(self, conf, context):
        self.second_life = not once("faulty")
        self.emitted = False

    def nextTuple(self):
        if not self.emitted:
            self.emitted = True
            storm.emit(["second life" if self.second_life else "first life"], id="only")
        elif self.second_life:
            sys.exit(0)
        else:
            raise RuntimeError("end of the first life")


{"lines": Lines, "split": Split, "silent": Silent, "count": Count, "follow": Follow, "obey": Obey, "faulty": Faulty}[sys.argv[1]]().run()
