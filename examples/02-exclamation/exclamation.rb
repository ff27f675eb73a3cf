# Gives every word three exclamation marks, and then three more: a chain of two bolts that are the same class.
#
#   gstorm run examples/02-exclamation/exclamation.rb
#   gstorm run examples/02-exclamation/exclamation.rb -- hello world
#
# To try next: gstorm graph exclamation.rb shows the chain; another bolt(Exclaim, id: :exclaim3) makes it longer; a raise
# in Exclaim, now and then, shows that words which fail are sent again, so that the counts stay the same.
require "gstorm"

class Words < Gstorm::ReliableSpout
  output_fields :word

  NAMES = %w[nathan mike jackson golda bertels].freeze

  def each_tuple(&block)
    words = ARGV.empty? ? NAMES : ARGV
    words.cycle(1000, &block)
  end
end

class Exclaim < Gstorm::Bolt
  output_fields :word

  on_receive { |t| "#{t.word}!!!" }
end

class Report < Gstorm::Bolt
  on_init { @counts = Hash.new(0) }
  on_receive(emit: false) { |t| @counts[t.word] += 1 }
  on_close { @counts.sort.each { |word, count| puts format("%7d %s", count, word) } }
end

class Exclamation < Gstorm::Topology
  spout Words
  bolt(Exclaim, id: :exclaim1, parallelism: 3) { from Words }
  bolt(Exclaim, id: :exclaim2, parallelism: 2) { from :exclaim1 }
  bolt(Report) { from :exclaim2, grouping: :global }
  configure { max_spout_pending 1000 }
end
