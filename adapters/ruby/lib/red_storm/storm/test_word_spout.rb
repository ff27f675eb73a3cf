# frozen_string_literal: true

require "gstorm/builtin"

module RedStorm
  module Storm
    # Storm's TestWordSpout: random names in the field word. It comes with gstorm.
    class TestWordSpout
      def self.component_class(_args) = Gstorm::Builtin["TestWordSpout"]

      # distributed: of no meaning here, as in Storm since long.
      def initialize(_distributed = true); end # rubocop:disable Style/OptionalBooleanParameter

      def component_class(args) = self.class.component_class(args)
    end
  end
end
