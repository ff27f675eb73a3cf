# frozen_string_literal: true

module Gstorm
  # The cluster that a topology was submitted to, for the code that follows the submission.
  class Cluster
    def initialize(control)
      @control = control
    end

    # Ends the run.
    def shutdown = call("shutdown")

    # Ends the topology. wait_secs: how long what is under way may take (Storm's KillOptions are understood too).
    def kill_topology(name, options = nil)
      wait = options.respond_to?(:wait_secs) ? options.wait_secs : options
      call("kill", "name" => name.to_s, "wait" => wait)
    end

    def activate(name) = call("activate", "name" => name.to_s)
    def deactivate(name) = call("deactivate", "name" => name.to_s)

    def rebalance(_name, _options = nil)
      raise NotAvailableError, "rebalance is not available from a topology's file yet"
    end

    alias killTopology kill_topology
    alias kill_topology_with_opts kill_topology
    alias killTopologyWithOpts kill_topology

    private

    def call(name, arguments = {})
      @control.call(name, arguments.compact)
      nil
    end
  end
end
