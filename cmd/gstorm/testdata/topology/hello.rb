# The smallest topology: one spout, one bolt. The spout never ends.
require "gstorm"

class Hello < Gstorm::Spout
  output_fields :text
  on_send { @said ? nil : (@said = true) && "hello" }
end

class Printer < Gstorm::Bolt
  on_receive(emit: false) { |t| puts t.text }
end

class HelloWorld < Gstorm::Topology
  spout Hello
  bolt(Printer) { from Hello }
end
