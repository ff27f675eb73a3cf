# frozen_string_literal: true

require "gstorm/submission"

module RedStorm
  module Storm
    SubmitOptions = Gstorm::SubmitOptions

    # What SubmitOptions#set_initial_status takes.
    module TopologyInitialStatus
      ACTIVE = "active"
      INACTIVE = "inactive"
    end

    # The argument of kill_topology.
    class KillOptions
      attr_accessor :wait_secs

      def set_wait_secs(secs)
        @wait_secs = secs
      end
      alias setWaitSecs set_wait_secs
    end
  end
end
