import pystorm


class SplitBolt(pystorm.Bolt):
    def process(self, tup):
        for word in tup.values[0].split(" "):
            self.emit([word])


SplitBolt().run()
