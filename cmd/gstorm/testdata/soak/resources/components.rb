# A spout, a bolt and a sink on storm.rb that misbehave: components.rb ROLE FOLDER NAME UNTIL.
require "./storm"
require "./journal"

ROLE, FOLDER, NAME, UNTIL = ARGV
MISCHIEF = Mischief.new($stdout, Float(UNTIL))

class Numbers < Storm::Spout
  def open(_conf, _context)
    @journal = Journal.new(FOLDER, NAME, 15, Float(UNTIL))
  end

  def nextTuple
    MISCHIEF.commit("raise", "torn", "noise", "flood")
    number = @journal.draw or return
    exit!(0) if number == :finished # storm.rb would rescue SystemExit and report it
    emit([NAME, number], id: number)
  end

  def ack(id) = @journal.ack(id)
  def fail(id) = @journal.fail(id)
end

class Halves < Storm::Bolt
  def process(tuple)
    name, number = tuple.values
    what = MISCHIEF.commit("raise", "exit", "torn", "noise", "flood", "fail", "forget", "twice")
    return if what == "forget"
    return fail(tuple) if what == "fail"

    %w[a b].each { |half| emit([name, number, half], anchor: tuple) }
    ack(tuple)
    ack(tuple) if what == "twice"
  end
end

class Sink < Storm::Bolt
  def prepare(_conf, _context)
    @file = Journal.append(FOLDER, "seen.#{Process.pid}")
  end

  def process(tuple)
    MISCHIEF.commit("raise", "exit", "noise", "flood")
    @file.syswrite("#{tuple.values.join(" ")}\n")
    ack(tuple)
  end
end

Object.const_get(ROLE.capitalize).new.run
