"""A spout, a bolt and a sink on storm.py that misbehave: components.py ROLE FOLDER NAME UNTIL.

What they write into FOLDER is read by the test: see journal.rb.
"""

import os
import random
import sys
import time
from collections import deque

import storm

ROLE, FOLDER, NAME, UNTIL = sys.argv[1:4] + [float(sys.argv[4])]
RATE = 15


def append(name):
    return os.open(os.path.join(FOLDER, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)


def misdeed(*kinds):
    """One of the kinds, once in so many calls, until the end comes."""
    if random.random() < 1 / 300 and time.time() < UNTIL:
        return random.choice(kinds)


def commit(what):
    if what == "raise":
        raise RuntimeError("on purpose")
    if what == "exit":
        sys.exit(0)
    if what == "torn":
        os.write(1, b'{"command":"emit","anchors":["')
        os._exit(1)
    if what == "noise":
        print("a debug print, left in")
    if what == "flood":
        sys.stderr.write(("y" * 79 + "\n") * 1000)


class Numbers(storm.Spout):
    """Emits 0, 1, 2 and so on, each again until it is acked, in this life or a later one."""

    def initialize(self, conf, context):
        path = os.path.join(FOLDER, "journal." + NAME)
        begun, self.open = 0, set()
        if os.path.exists(path):
            with open(path) as journal:
                for line in journal:
                    what, number = line.split()
                    if what == "e":
                        begun += 1
                        self.open.add(int(number))
                    else:
                        self.open.discard(int(number))
        self.next, self.again = begun, deque(sorted(self.open))
        self.journal = append("journal." + NAME)
        self.due = time.time()

    def nextTuple(self):
        commit(misdeed("raise", "torn", "noise", "flood"))
        if not self.again and time.time() >= UNTIL:
            if not self.open:
                sys.exit(0)
            time.sleep(0.05)
            return
        self.due = max(self.due + 1 / RATE, time.time())
        time.sleep(max(0, self.due - time.time()))
        if self.again:
            number = self.again.popleft()
        else:
            number, self.next = self.next, self.next + 1
            os.write(self.journal, b"e %d\n" % number)
            self.open.add(number)
        storm.emit([NAME, number], id=number)

    def ack(self, id):
        if id in self.open:
            self.open.remove(id)
            os.write(self.journal, b"a %d\n" % id)

    def fail(self, id):
        self.again.append(id)


class Halves(storm.Bolt):
    def process(self, tup):
        name, number = tup.values
        what = misdeed("raise", "exit", "torn", "noise", "flood", "fail", "forget", "twice")
        commit(what)
        if what == "forget":
            return
        if what == "fail":
            storm.fail(tup)
            return
        for half in "ab":
            storm.emit([name, number, half], anchors=[tup])
        storm.ack(tup)
        if what == "twice":
            storm.ack(tup)


class Sink(storm.BasicBolt):
    def initialize(self, conf, context):
        self.file = append("seen.%d" % os.getpid())

    def process(self, tup):
        commit(misdeed("raise", "exit", "noise", "flood"))
        os.write(self.file, ("%s %d %s\n" % tuple(tup.values)).encode())


{"numbers": Numbers, "halves": Halves, "sink": Sink}[ROLE]().run()
