# Each task starts a process that outlives everything if nobody ends it. The argument marks the processes.
require "gstorm"

module StartsSleeper
  def start_sleeper = spawn("sh", "-c", "while :; do sleep 1; done", "sleeper", ARGV[0])
end

class Idle < Gstorm::Spout
  include StartsSleeper
  output_fields :nothing
  on_init { start_sleeper }
  on_send { nil }
end

class Waiting < Gstorm::Bolt
  include StartsSleeper
  on_init { start_sleeper }
  on_receive { nil }
end

class Forks < Gstorm::Topology
  spout Idle
  bolt(Waiting) { from Idle }
end
