# A bolt on Storm's own storm.py.
import os

import storm


class Work(storm.Bolt):
    def process(self, tup):
        if tup.values[0] == 13 and not os.path.exists(os.environ["MENDED"]):
            storm.fail(tup)
            return
        storm.emit([tup.values[0]], anchors=[tup])
        storm.ack(tup)


Work().run()
