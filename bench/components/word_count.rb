# The components of the word count on gstorm's own library.
require "gstorm"

SENTENCES = File.readlines(File.join(__dir__, "sentences.txt"), chomp: true)

# Emits the sentences in turn until it is stopped, each with an id.
class Sentences < Gstorm::Spout
  output_fields :sentence

  on_init { @n = 0 }
  on_send(reliable: true) do
    @n += 1
    [@n, SENTENCES[(@n - 1) % SENTENCES.size]]
  end
end

class Split < Gstorm::Bolt
  output_fields :word

  on_receive { |t| t.sentence.split.map { |word| [word] } }
end

# Counts the words, and says at its end how many there were.
class Count < Gstorm::Bolt
  output_fields :word, :count

  on_init { @counts = Hash.new(0) }
  on_receive(emit: false) { |t| @counts[t.word] += 1 }
  on_close { @counts.each { |word, count| emit word, count } }
end

# Hands on what it gets.
class Pass < Gstorm::Bolt
  output_fields :sentence

  on_receive { |t| [t.sentence] }
end
