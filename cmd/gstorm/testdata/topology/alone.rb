# A topology of one component, which prints at its first call and goes on for ever.
require "gstorm"

class Alone < Gstorm::Spout
  output_fields :nothing
  on_send { @said ||= puts("hello") || true; nil }
end

class AloneTopology < Gstorm::Topology
  spout Alone
end
