# Ten thousand tuples a second, of which one in a hundred fails and comes again.
require "gstorm"

class Shaky < Gstorm::Bolt
  output_fields :word
  on_receive { |t| rand(100).zero? ? raise("<img src=x onerror=alert(1)> #{t.word}") : t.word }
end

class Busy < Gstorm::Topology
  spout Builtin["generate", fields: [{ word: %w[the cow jumped over a moon </script> &amp;] }], rate: 10_000], id: :words
  bolt(Shaky, parallelism: 2) { from :words }
  bolt(Builtin["count", by: "word", every: 1], id: :count) { from Shaky, fields: :word }
end
