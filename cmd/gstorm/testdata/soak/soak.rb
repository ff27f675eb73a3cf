# Four spouts, one in each of storm.py, storm.rb, storm.js and gstorm's own library, whose numbers go through a bolt of a
# second library to a sink in a third. All of them misbehave now and then. Arguments: the folder for what they write, and
# until when numbers are drawn and misdeeds committed, in seconds since 1970. Then the spouts finish once all is acked.
require "gstorm"
require_relative "resources/journal"

FOLDER, UNTIL = ARGV
MISCHIEF = Mischief.new($stdout, Float(UNTIL))

class NumbersOwn < Gstorm::Spout
  output_fields :from, :number
  on_init { @journal = Journal.new(FOLDER, "own", 15, Float(UNTIL)) }
  on_ack { |number| @journal.ack(number) }
  on_fail { |number| @journal.fail(number) }

  on_send(emit: false) do
    MISCHIEF.commit("raise", "torn", "noise", "flood")
    case number = @journal.draw
    when :finished then finish
    when Integer then emit "own", number, id: number
    end
  end
end

class HalvesOwn < Gstorm::Bolt
  output_fields :from, :number, :half

  on_receive(emit: false, ack: false) do |t|
    what = MISCHIEF.commit("raise", "exit", "noise", "flood", "fail", "forget", "twice")
    next if what == "forget"
    next fail(t) if what == "fail"

    %w[a b].each { |half| emit t.from, t.number, half }
    ack t
    ack t if what == "twice"
  end
end

class SinkOwn < Gstorm::Bolt
  on_init { @file = Journal.append(FOLDER, "seen.#{Process.pid}") }

  on_receive(emit: false) do |t|
    MISCHIEF.commit("raise", "exit", "noise", "flood")
    @file.syswrite("#{t.values.to_a.join(" ")}\n")
  end
end

class Soak < Gstorm::Topology
  PROGRAMS = { py: %w[python3 components.py], rb: %w[ruby components.rb], js: %w[node components.js] }.freeze

  def self.command(language, role) = PROGRAMS.fetch(language) + [role, FOLDER, language, UNTIL]

  PROGRAMS.each_key do |language|
    shell_spout(command(language, "numbers"), id: "numbers_#{language}") { output_fields :from, :number }
  end
  spout NumbersOwn

  { py: "numbers_js", rb: "numbers_py", js: "numbers_own" }.each do |language, source|
    shell_bolt(command(language, "halves"), id: "halves_#{language}") do
      from source
      output_fields :from, :number, :half
    end
  end
  bolt(HalvesOwn) { from "numbers_rb" }

  { py: "halves_js", rb: "halves_py", js: "halves_own" }.each do |language, source|
    shell_bolt(command(language, "sink"), id: "sink_#{language}") { from source, fields: %w[number] }
  end
  bolt(SinkOwn, parallelism: 2) { from "halves_rb", fields: %w[number] }

  configure do
    max_spout_pending 20
    message_timeout_secs 15
    set "topology.subprocess.timeout.secs", 5
  end
end
