# Counts the words of the files given after --, or of three lines of its own:
#
#   gstorm run my_topology.rb
#   gstorm run my_topology.rb -- some.txt other.txt
require "gstorm"

# A line that fails on its way is sent again. The run ends when each_tuple has returned and every line has been handled.
class Lines < Gstorm::ReliableSpout
  output_fields :line

  LINES = ["what was sent out", "has to come home", "or to say that it will not come home"].freeze

  def each_tuple(&block)
    return LINES.each(&block) if ARGV.empty?

    ARGV.each { |file| File.foreach(file, chomp: true, &block) }
  end
end

class Split < Gstorm::Bolt
  output_fields :word

  on_receive { |t| t.line.downcase.split.map { |word| [word] } }
end

# Could be several tasks: the same word always goes to the same one.
class Count < Gstorm::Bolt
  output_fields :word, :count

  on_init { @counts = Hash.new(0) }
  on_receive { |t| [t.word, @counts[t.word] += 1] }
  on_close { @counts.sort.each { |word, count| puts "#{count} #{word}" } }
end

class MyTopology < Gstorm::Topology
  configure("my_topology") { max_spout_pending 1000 }
  spout Lines
  bolt(Split, parallelism: 2) { from Lines }
  bolt(Count) { from Split, fields: :word }
end
