"""Components on streamparse, for its own runner: streamparse_run -s json|msgpack components.ROLE.

The library's classes are pystorm's under other names, so these use what the pystorm components leave out: the spout that
replays by itself, exceptions that the process survives, and batches by a thread's own clock.
"""

import sys

from streamparse import Bolt, ReliableSpout, Spout, TicklessBatchingBolt


def once(name):
    """True for the first of all tasks and lives that asks with this name."""
    try:
        open("once-" + name, "x").close()
    except FileExistsError:
        return False
    return True


class lines(ReliableSpout):
    outputs = ["line"]

    def initialize(self, conf, context):
        self.todo = list(enumerate(conf["test.lines"]))
        self.next_tuple()  # the first line is emitted before anybody asks

    def next_tuple(self):
        if self.todo:
            number, line = self.todo.pop(0)
            tasks = self.emit([line], tup_id=number, need_task_ids=True)
            self.logger.info("line %d went to %d task", number, len(tasks))

    def ack(self, tup_id):
        super().ack(tup_id)
        self.logger.info("line %d acked", tup_id)

    def fail(self, tup_id):
        self.logger.info("line %d failed", tup_id)
        super().fail(tup_id)


class split(Bolt):
    outputs = ["word"]
    exit_on_exception = False

    def process(self, tup):
        if tup.values.line.startswith("unlucky") and once("fail"):
            raise RuntimeError("unlucky")
        for word in tup.values.line.split():
            self.emit([word])


class count(Bolt):
    outputs = ["word", "count"]

    def initialize(self, conf, context):
        self.counts = {}

    def process(self, tup):
        word = tup.values.word
        self.counts[word] = self.counts.get(word, 0) + 1
        self.emit([word, self.counts[word]])


class batch(TicklessBatchingBolt):
    outputs = ["word", "count"]
    secs_between_batches = 0.2

    def group_key(self, tup):
        return tup.values.word

    def process_batch(self, key, tups):
        self.emit([key, len(tups)])


class obey(Bolt):
    def process_tick(self, tup):
        self.emit([tup.component], stream="ticks")

    def process(self, tup):
        order, value = tup.values
        getattr(self, "do_" + order)(value)

    def do_echo(self, value):
        self.emit([value])

    def do_tasks(self, value):
        self.emit([self.emit([value], need_task_ids=True)], stream="tasks")

    def do_direct(self, value):
        self.emit(["direct"], stream="direct", direct_task=value)

    def do_warn(self, value):
        self.logger.warning(value)

    def do_error(self, value):
        self.send_message({"command": "error", "msg": value})

    def do_metrics(self, value):
        self.report_metric("orders", value)

    def do_print(self, value):
        print(value)

    def do_throw(self, value):
        if once("throw"):
            raise RuntimeError(value)

    def do_leave(self, value):
        if once("leave"):
            sys.exit(0)


class faulty(Spout):
    outputs = ["life"]

    def initialize(self, conf, context):
        self.second_life = not once("faulty")
        self.emitted = False

    def next_tuple(self):
        if not self.emitted:
            self.emitted = True
            self.emit(["second life" if self.second_life else "first life"], tup_id="only")
        elif self.second_life:
            sys.exit(0)
        else:
            raise RuntimeError("end of the first life")
