# What the components in Ruby share, on storm.rb and on gstorm's own library.

# The journal of a spout, FOLDER/journal.NAME: a line "e NUMBER" for each number that it begins with, and "a NUMBER" when
# that is acked. A later life goes on from there. Sinks write lines "NAME NUMBER HALF" into FOLDER/seen.PID.
class Journal
  attr_reader :open

  def self.append(folder, name) = File.open(File.join(folder, name), "a")

  def initialize(folder, name, rate, until_time)
    path = File.join(folder, "journal.#{name}")
    @next = 0
    @open = {}
    File.foreach(path) { |line| replay(*line.split) } if File.exist?(path)
    @again = @open.keys.sort
    @file = Journal.append(folder, "journal.#{name}")
    @rate = rate
    @until = until_time
    @due = now
  end

  # The next number to emit, when its time has come; nil: none now; :finished: none any more.
  def draw
    if @again.empty? && now >= @until
      sleep 0.05 unless @open.empty?
      return @open.empty? ? :finished : nil
    end
    @due = [@due + 1.0 / @rate, now].max
    sleep [0, @due - now].max
    @again.shift || begin_with(@next)
  end

  def ack(number)
    @file.syswrite("a #{number}\n") if @open.delete(number)
  end

  def fail(number) = @again << number

  private

  def now = Time.now.to_f

  def replay(what, number)
    number = Integer(number)
    return @open.delete(number) if what == "a"

    @open[number] = true
    @next += 1
  end

  def begin_with(number)
    @file.syswrite("e #{number}\n")
    @open[number] = true
    @next += 1
    number
  end
end

# Misdeeds: one of the kinds, once in so many calls, until the end comes.
class Mischief
  def initialize(out, until_time)
    @out = out
    @until = until_time
  end

  # What was committed, if the process has survived it.
  def commit(*kinds)
    return unless rand < 1.0 / 300 && Time.now.to_f < @until

    case what = kinds.sample
    when "raise" then raise "on purpose"
    when "exit" then exit!(0)
    when "torn"
      @out.syswrite('{"command":"emit","anchors":["')
      exit!(1)
    when "noise" then puts "a debug print, left in"
    when "flood" then $stderr.write("#{"y" * 79}\n" * 1000)
    end
    what
  end
end
