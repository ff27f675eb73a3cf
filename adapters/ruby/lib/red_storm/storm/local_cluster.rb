# frozen_string_literal: true

require "gstorm/launch"

module RedStorm
  module Storm
    # Submits from a plain start method. What follows in it runs once the topology does.
    module Submitting
      def submit_topology(name, config, topology, options = nil)
        @running = Gstorm::Launch.submit(
          Gstorm::Submission.new(name: name.to_s, config: (config || {}).to_h.transform_keys(&:to_s), driver: true,
                                 components: topology.components, status: options ? options.status : "active")
        )
        nil
      end
      alias submitTopology submit_topology
    end

    # Storm's LocalCluster.
    class LocalCluster
      include Submitting

      def shutdown = @running&.shutdown

      %i[kill_topology killTopology kill_topology_with_opts killTopologyWithOpts activate deactivate rebalance].each do |name|
        define_method(name) { |*args| @running&.public_send(name, *args) }
      end
    end

    # Storm's StormSubmitter.
    class StormSubmitter
      extend Submitting
    end
  end
end
