# frozen_string_literal: true

require "red_storm/not_available"

module RedStorm
  module Storm
    class LocalDRPC < NotAvailable
      def self.reason = "DRPC is not available in gstorm yet"
    end

    class DRPCClient < NotAvailable
      def self.reason = "DRPC is not available in gstorm yet"
    end
  end
end
