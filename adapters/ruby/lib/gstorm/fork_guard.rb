# frozen_string_literal: true

module Gstorm
  # A process that user code forks off a task must not hold on to the task's pipes, or write to them.
  module ForkGuard
    class << self
      # The session whose pipes these are.
      attr_accessor :session
    end

    def _fork
      super.tap { |pid| ForkGuard.session&.leave if pid.zero? }
    end

    Process.singleton_class.prepend(self)
  end
end
