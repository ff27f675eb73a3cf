# The word count of the first example, each component in another language: Ruby reads the lines, Python splits them,
# JavaScript counts, Ruby reports.
#
#   gstorm run examples/04-mixed/mixed.rb
#   gstorm run examples/04-mixed/mixed.rb -- some.txt other.txt
#
# mixed.py, mixed.js and mixed.yaml are the same topology. What a component emits is what its own file says; the same word
# goes to the same counter, whatever it was split by.
#
# To try next: another .rb, .py or .js at one of the components; fields: :wrod, to see where the mistake is told;
# gstorm describe mixed.rb.
require "gstorm"

class Mixed < Gstorm::Topology
  spout External["../01-word-count/word_count.rb:lines"]
  bolt(External["../01-word-count/word_count.py:split"], parallelism: 2) { from :lines }
  bolt(External["../01-word-count/word_count.js:count"], parallelism: 2) { from :split, fields: :word }
  bolt(External["../01-word-count/word_count.rb:report"]) { from :count, grouping: :global }
  configure { max_spout_pending 1000 }
end
