# frozen_string_literal: true

require "red_storm/not_available"

module RedStorm
  module DSL
    class DRPCTopology < NotAvailable
      def self.reason = "DRPC topologies (#{self}) are not available in gstorm yet"
    end
  end

  SimpleDRPCTopology = DSL::DRPCTopology
end
