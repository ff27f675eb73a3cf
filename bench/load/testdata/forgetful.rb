require "gstorm"

# Splits sentences, and leaves out one word.
class Split < Gstorm::Bolt
  output_fields :word

  on_receive { |t| t.sentence.split.reject { |word| word == "boats" }.map { |word| [word] } }
end
