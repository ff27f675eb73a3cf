import unittest

from gostorm.testing import complete_topology
from my_topology import MyTopology


class MyTopologyTest(unittest.TestCase):
    def test_counts_words(self):
        done = complete_topology(MyTopology, mock={"lines": [["to be"], ["or not to be"]]})

        self.assertEqual(sorted(done["count"]), [["be", 1], ["be", 2], ["not", 1], ["or", 1], ["to", 1], ["to", 2]])
        self.assertEqual(done.acked, 2)
        self.assertEqual(done.errors, [])


if __name__ == "__main__":
    unittest.main()
