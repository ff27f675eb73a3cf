# A topology of one component, which prints at its first call and goes on for ever.
from gostorm import Spout, Topology


class Alone(Spout):
    outputs = ["nothing"]
    said = False

    def next_tuple(self):
        if not self.said:
            print("hello")
        self.said = True


class AloneTopology(Topology):
    alone = Alone.spec()
