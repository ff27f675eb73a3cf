# frozen_string_literal: true

require "gstorm/java_tuple"

Tuple = Gstorm::Tuple unless Object.const_defined?(:Tuple)
TupleImpl = Gstorm::Tuple unless Object.const_defined?(:TupleImpl)

module RedStorm
  module DSL
    # What a tuple raises when it is asked by something that is neither a name nor a position.
    TupleError = TypeError
  end
end
