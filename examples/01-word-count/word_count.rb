# Counts the words of the files given after --, or of harbour.txt:
#
#   gstorm run examples/01-word-count/word_count.rb
#   gstorm run examples/01-word-count/word_count.rb -- some.txt other.txt
#
# Every line is a tuple that gstorm tracks: should a splitter or a counter fail, the line is sent again.
require "gstorm"

class Lines < Gstorm::ReliableSpout
  output_fields :line

  # The run ends when this has returned and every line has been handled.
  def each_tuple
    files = ARGV.empty? ? [File.join(__dir__, "harbour.txt")] : ARGV
    files.each { |file| File.foreach(file, chomp: true) { |line| yield line.scrub } }
  end
end

class Split < Gstorm::Bolt
  output_fields :word

  on_receive { |t| t.line.downcase.scan(/[a-z]+/).map { |word| [word] } }
end

class Count < Gstorm::Bolt
  output_fields :word, :count

  on_init { @counts = Hash.new(0) }
  on_receive(emit: false) { |t| @counts[t.word] += 1 }
  on_close { @counts.each { |word, count| emit word, count } } # reaches Report before its on_close
end

class Report < Gstorm::Bolt
  on_init { @counts = [] }
  on_receive(emit: false) { |t| @counts << [t[:count], t.word] }
  on_close { @counts.sort_by { |count, word| [-count, word] }.each { |count, word| puts format("%7d %s", count, word) } }
end

class WordCount < Gstorm::Topology
  spout Lines
  bolt(Split, parallelism: 2) { from Lines }
  bolt(Count, parallelism: 2) { from Split, fields: :word }
  bolt(Report) { from Count, grouping: :global }
  configure { max_spout_pending 1000 }
end
