# Emits the numbers from 1 to the first argument, as fast as they are handled; each is written to a file in the folder of the
# second argument before it is acked.
require "gstorm"

class Numbers < Gstorm::ReliableSpout
  output_fields :n

  def each_tuple
    1.upto(Integer(ARGV[0])) do |n|
      sleep 0.001
      yield n
    end
  end
end

class Pass < Gstorm::Bolt
  output_fields :n
  on_receive { |t| [[t.n]] }
end

class Sink < Gstorm::Bolt
  on_init { @file = File.open(File.join(ARGV[1], "sink-#{Process.pid}"), "a").tap { |f| f.sync = true } }
  on_receive(emit: false) { |t| @file.puts(t.n) }
end

class Crew < Gstorm::Topology
  spout Numbers
  bolt(Pass, parallelism: 2) { from Numbers }
  bolt(Sink, parallelism: 3) { from Pass, fields: :n }
  configure do
    max_spout_pending 500
    set "topology.workers", 3
  end
end
