# frozen_string_literal: true

require "red_storm/not_available"

module RedStorm
  module DSL
    class BatchCommitterBolt < NotAvailable
      def self.reason = "batch components (#{self}) are not available in gstorm yet"
    end
  end
end
