# frozen_string_literal: true

require "gstorm/topology"
require "red_storm/configuration"
require "red_storm/storm"

module RedStorm
  module DSL
    class TopologyDefinitionError < Gstorm::DefinitionError; end

    # RedStorm's topology: a Gstorm::Topology that wants a body for every bolt and takes options that it doesn't know.
    class Topology < Gstorm::Topology
      DEFAULT_SPOUT_PARALLELISM = 1
      DEFAULT_BOLT_PARALLELISM = 1

      ComponentDefinition = Gstorm::Definition
      SpoutDefinition = Gstorm::SpoutDefinition
      BoltDefinition = Gstorm::BoltDefinition

      class << self
        def bolt(clazz, *args, &block)
          raise TopologyDefinitionError, "#{clazz}: bolt definition body required" unless block

          super
        end

        # The topology as an object, for specs. Raises what is wrong with its ids.
        def build_topology
          resolve_ids!(components)
          Storm::StormTopology.new(components)
        end

        def resolve_ids!(components)
          ids = components.map(&:id)
          components.each do |component|
            name = component.clazz.to_s
            raise Gstorm::DefinitionError, "duplicate id in #{name} on id=#{component.id}" if ids.count(component.id) > 1

            lost = component.inputs.map(&:from) - ids
            raise Gstorm::DefinitionError, "cannot resolve #{name} source id=#{lost.first}" unless lost.empty?
          end
        end

        private

        def check_options(_clazz, _options) = nil
      end
    end
  end

  SimpleTopology = DSL::Topology
end
