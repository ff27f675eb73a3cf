"""A reliable spout: emits the numbers below COUNT, each again until it is acked, and leaves when all are. What was acked
stands in a file, so that another process of it goes on where this one has died."""
import collections
import os
import sys

import wire

COUNT, PAD = int(os.environ["COUNT"]), "x" * int(os.environ.get("PAD", "0"))


class Feed:
    name = "feed"

    def __init__(self):
        self.acked = set(wire.noted("acked"))
        self.todo = collections.deque(n for n in range(COUNT) if n not in self.acked)

    def greet(self):
        wire.greet(self.name)

    def run(self):
        self.greet()
        while True:
            self.handle(wire.read())

    def handle(self, message):
        if message["command"] == "next":
            self.next()
        elif message["command"] == "ack":
            self.acked.add(message["id"])
            wire.note("acked", message["id"])
        elif message["command"] == "fail":
            wire.note("failed", message["id"])
            self.todo.append(message["id"])
        self.sync()

    def next(self):
        if len(self.acked) == COUNT:
            wire.note("over", os.getpid())
            sys.exit(0)
        if self.todo:
            self.emit(self.todo.popleft())

    def emit(self, n):
        wire.note("emitted", n)
        wire.say(command="emit", id=n, tuple=[n, PAD], need_task_ids=False)

    def sync(self):
        wire.say(command="sync")


if __name__ == "__main__":
    Feed().run()
