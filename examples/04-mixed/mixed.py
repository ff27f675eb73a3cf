# The word count of the first example, each component in another language: Ruby reads the lines, Python splits them,
# JavaScript counts, Ruby reports.
#
#   gstorm run examples/04-mixed/mixed.py
#   gstorm run examples/04-mixed/mixed.py -- some.txt other.txt
#
# mixed.rb, mixed.js and mixed.yaml are the same topology. What a component emits is what its own file says; the same word
# goes to the same counter, whatever it was split by.
#
# To try next: another .rb, .py or .js at one of the components; Grouping.fields("wrod"), to see where the mistake is told;
# gstorm describe mixed.py.
from gostorm import External, Grouping, Topology


class Mixed(Topology):
    lines = External.spec("../01-word-count/word_count.rb:lines")
    split = External.spec("../01-word-count/word_count.py:split", inputs=[lines], par=2)
    count = External.spec("../01-word-count/word_count.js:count", inputs={split: Grouping.fields("word")}, par=2)
    report = External.spec("../01-word-count/word_count.rb:report", inputs={count: Grouping.GLOBAL})
    config = {"topology.max.spout.pending": 1000}
