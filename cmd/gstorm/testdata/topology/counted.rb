# Counts words with as many splitters and counters as its first argument says; the other arguments are the files.
require "gstorm"

TASKS = Integer(ARGV.shift)

class Lines < Gstorm::ReliableSpout
  output_fields :line
  on_init { @lines = ARGV.lazy.flat_map { |file| File.foreach(file, chomp: true).lazy } }
  on_send { @lines.next }
end

class Split < Gstorm::Bolt
  output_fields :word
  on_receive { |t| t.line.downcase.scan(/[a-z]+/).map { |word| [word] } }
end

class Count < Gstorm::Bolt
  on_init { @counts = Hash.new(0) }
  on_receive(emit: false) { |t| @counts[t.word] += 1 }
  on_close { @counts.each { |word, count| puts "#{count} #{word}" } }
end

class Counted < Gstorm::Topology
  spout Lines
  bolt(Split, parallelism: TASKS) { from Lines }
  bolt(Count, parallelism: TASKS) { from Split, fields: :word }
  configure { max_spout_pending 1000 }
end
