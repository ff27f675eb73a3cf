# Two spouts of numbers that keep on disk what was acked, as a source would, so that a new process goes on where the last one
# was: nothing may be lost. Every task writes down in a file of its own, in the folder of the first argument, when it did
# something, by the clock that all processes of the machine share.
require "gstorm"
require "set"

module Witness
  def begin_witness
    name = [@context.component_id, @context.task_id, Process.pid, now].join("-")
    @witness = File.open(File.join(ARGV[0], "witness-#{name}"), "a").tap { |f| f.sync = true }
    witness "start"
  end

  def witness(what) = @witness.syswrite("#{now} #{what}\n")
  def now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
end

class Numbers < Gstorm::Spout
  include Witness
  output_fields :n, :at

  on_init do
    begin_witness
    @kept = File.join(ARGV[0], "acked-#{@context.task_index}")
    # The last line may be half of a number, if the process was killed while it wrote.
    @acked = File.exist?(@kept) ? File.read(@kept).scan(/^(\d+)\n/).flatten.map(&:to_i).to_set : Set.new
    @file = File.open(@kept, "a")
    @file.syswrite("\n")
    @last, @pending, @replays = 0, Set.new, []
    @first = now
    @sent = 0
  end

  on_send reliable: true do
    n = pick
    next unless n

    @pending << n
    @sent += 1
    witness "emit"
    [n, "#{@context.task_index}:#{n}", now]
  end

  on_ack do |n|
    @file.syswrite("#{n}\n")
    @acked << n
    @pending.delete(n)
    witness "ack"
  end

  on_fail do |n|
    @pending.delete(n)
    @replays << n
  end

  # The next number, at the rate of the second argument, numbers a second; nil: it is not time yet.
  def pick
    return @replays.shift unless @replays.empty?

    if File.exist?(File.join(ARGV[0], "stop")) && @stopped.nil?
      # What an earlier process emitted and nobody acked comes first: up to the highest number that was ever acked.
      @stopped = [@last, @acked.max || 0].max
    end
    if @stopped && @last >= @stopped
      finish if @pending.empty?
      File.write(File.join(ARGV[0], "end-#{@context.task_index}"), @stopped.to_s) if @pending.empty?
      sleep 0.01
      return
    end
    if @sent > (now - @first) * Float(ARGV[1] || 500) / 1e6
      sleep 0.001
      return
    end
    @last += 1
    @last += 1 while @acked.include?(@last)
    @last
  end
end

class Pass < Gstorm::Bolt
  include Witness
  output_fields :n, :at
  on_init :begin_witness
  on_receive do |t|
    witness "pass #{t.at}"
    [[t.n, t.at]]
  end
end

class Sink < Gstorm::Bolt
  include Witness
  on_init :begin_witness
  on_receive(emit: false) { |t| witness "sink #{t.at} #{t.n}" }
end

class Chaos < Gstorm::Topology
  spout Numbers, parallelism: 2
  bolt(Pass, parallelism: 3) { from Numbers }
  bolt(Sink, parallelism: 3) { from Pass, fields: :n }
  configure { max_spout_pending 500 }
end
