# Writes every word to a file before it is acked, so that what was lost can be counted. Arguments: a folder, a text.
# Every process of a splitter, a sink or a spout leaves its id in FOLDER/pids.
require "gstorm"

FOLDER, TEXT = ARGV

module LeavesPid
  def leave_pid = File.write(File.join(FOLDER, "pids", "#{self.class.name.downcase}.#{Process.pid}"), "")
end

# Replays by itself, from memory.
class Remembering < Gstorm::ReliableSpout
  include LeavesPid
  output_fields :line
  on_init { leave_pid; @lines = File.foreach(TEXT, chomp: true) }
  on_send { @lines.next }
end

# Survives its own death: it notes up to which line everything was acked, and begins there.
class Noting < Gstorm::Spout
  include LeavesPid
  output_fields :line

  on_init do
    leave_pid
    @lines = File.readlines(TEXT, chomp: true)
    @note = File.join(FOLDER, "offset")
    @acked_to = File.exist?(@note) ? Integer(File.read(@note)) : 0
    @next = @acked_to
    @acked = {}
    @again = []
  end

  on_send(emit: false) do
    number = @again.shift || (@next += 1) - 1
    if number < @lines.size
      emit @lines[number], id: number
    else
      @next = @lines.size
      finish if @acked_to == @lines.size
    end
  end

  on_ack do |number|
    @acked[number] = true
    @acked_to += 1 while @acked.delete(@acked_to)
    File.write("#{@note}.new", @acked_to)
    File.rename("#{@note}.new", @note)
  end

  on_fail { |number| @again << number }
end

class Split < Gstorm::Bolt
  include LeavesPid
  output_fields :word
  on_init { leave_pid }
  on_receive { |t| t.line.downcase.scan(/[a-z]+/).map { |word| [word] } }
end

class Sink < Gstorm::Bolt
  include LeavesPid
  on_init { leave_pid; @file = File.open(File.join(FOLDER, "words.#{Process.pid}"), "a") }
  on_receive(emit: false) { |t| @file.syswrite("#{t.word}\n") }
end

class BoltsDie < Gstorm::Topology
  spout Remembering
  bolt(Split, parallelism: 2) { from Remembering }
  bolt(Sink, parallelism: 2) { from Split, fields: :word }
  configure { max_spout_pending 50 }
end

class SpoutDies < Gstorm::Topology
  spout Noting
  bolt(Split, parallelism: 2) { from Noting }
  bolt(Sink, parallelism: 2) { from Split, fields: :word }
  configure { max_spout_pending 50 }
end
