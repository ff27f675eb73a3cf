# frozen_string_literal: true

require "gstorm/topology_registry"

module RedStorm
  # The topology that is started: a class may name itself here (RedStorm::Configuration.topology_class = self), the
  # statements of DSL::Topology do it too.
  module Configuration
    module_function

    def topology_class=(clazz)
      Gstorm::TopologyRegistry.choose(clazz)
    end

    def topology_class = Gstorm::TopologyRegistry.chosen
  end
end
