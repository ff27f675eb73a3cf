# frozen_string_literal: true

module Gstorm
  # Tells an exception of the handler that is running from one of a background thread with abort_on_exception, which Ruby
  # raises in the handlers' thread, wherever that is at the time. The latter means the end of the process.
  module ThreadDeath
    @possible = false

    class << self
      attr_writer :possible

      # Whether the exception came from another thread. marker: a file that every handler's backtrace goes through.
      def cause_of?(error, marker)
        return false unless @possible || Thread.abort_on_exception

        !error.backtrace.nil? && error.backtrace.none? { |frame| frame.start_with?(marker) }
      end
    end

    # Notes whether any thread asks for it at all.
    module Watch
      def abort_on_exception=(flag)
        ThreadDeath.possible = true if flag
        super
      end
    end
    Thread.prepend(Watch)
  end
end
