# frozen_string_literal: true

# The two components that `gstorm conform` asks for, written with gstorm's own library.
require "gstorm"

class Count < Gstorm::ReliableSpout
  output_fields :v

  def each_tuple(&) = [1, 2, 3].each(&)
end

class Echo < Gstorm::Bolt
  output_fields :v
  on_receive { |t| emit t[0] }
end

class Conformance < Gstorm::Topology
  spout Count
  bolt(Echo) { from Count }
end
