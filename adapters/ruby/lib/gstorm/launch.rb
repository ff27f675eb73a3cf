# frozen_string_literal: true

require "gstorm/errors"
require "gstorm/submission"

module Gstorm
  # Where a topology that says "submit me" goes. The process that loads a file decides it: a describing process prints the
  # topology, a task looks up its component in it.
  module Launch
    class << self
      # Responds to submit(submission), which returns the cluster, or doesn't return.
      attr_accessor :target

      def submit(submission)
        raise Error, "a topology is started with: gstorm run #{File.basename($PROGRAM_NAME)}" unless target

        target.submit(submission)
      end
    end
  end
end
