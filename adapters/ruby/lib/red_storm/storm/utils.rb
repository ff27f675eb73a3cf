# frozen_string_literal: true

module RedStorm
  module Storm
    # Storm's Utils, as far as spouts use it.
    module Utils
      # Milliseconds, as in Java.
      def self.sleep(millis) = Kernel.sleep(millis / 1000.0)
    end
  end
end
