"""A reliable spout that does once what FAULT says."""
import os
import signal
import sys
import time

import feed
import wire

AFTER = 10  # tuples that go well


class Faulty(feed.Feed):
    name = "faulty"

    def greet(self):
        if os.path.exists(wire.path("fault")) and wire.once("second"):
            wire.others_go_on()
        if wire.FAULT == "emits before its pid" and self.todo:
            self.emit(self.todo.popleft())
        super().greet()
        if wire.FAULT == "emits in its initializer" and self.todo:
            self.emit(self.todo.popleft())

    def next(self):
        if len(self.acked) >= AFTER and wire.once("fault"):
            for _ in range(5):  # tuples that are open when it happens
                self.emit(self.todo.popleft())
            getattr(self, wire.FAULT.replace(" ", "_").lower(), lambda: None)()
            wire.others_go_on()
        super().next()

    def sync(self):
        super().sync()
        if wire.FAULT == "syncs twice":
            super().sync()
        if wire.FAULT == "emits after its sync" and self.todo:
            self.emit(self.todo.popleft())

    def never_syncs(self):
        time.sleep(600)

    def fails(self):
        raise RuntimeError("on purpose")

    def is_killed(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def dies_in_a_frame(self):
        wire.write('{"command":"emit","id":1,"tuple":[')
        os._exit(1)

    def sends_200_mb(self):
        wire.write('{"command":"emit","tuple":[1,"')
        for _ in range(200):
            wire.write("x" * (1 << 20))
        wire.write('"]}\nend\n')

    def prints(self):
        wire.write("a line between two messages\n")

    def closes_its_output(self):
        sys.stdout.close()
        os.close(1)
        time.sleep(600)


Faulty().run()
