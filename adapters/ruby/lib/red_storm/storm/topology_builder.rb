# frozen_string_literal: true

require "gstorm/definition"
require "gstorm/position"

module RedStorm
  module Storm
    # What TopologyBuilder makes.
    StormTopology = Struct.new(:components)

    # Storm's TopologyBuilder, in both spellings.
    class TopologyBuilder
      def initialize
        @components = []
      end

      # set_spout(id, component, parallelism): component is a JRubySpout, a TestWordSpout, or any object or class with a
      # spout's methods.
      def set_spout(id, component, parallelism = 1)
        add(Gstorm::SpoutDefinition, id, component, parallelism)
      end

      # set_bolt(id, component, parallelism), and then its inputs: .shuffleGrouping("id").
      def set_bolt(id, component, parallelism = 1)
        add(Gstorm::BoltDefinition, id, component, parallelism)
      end

      def create_topology = StormTopology.new(@components)

      alias setSpout set_spout
      alias setBolt set_bolt
      alias createTopology create_topology

      private

      def add(definition_class, id, component, parallelism)
        definition = definition_class.new(component, nil, id, parallelism || 1, at: Gstorm::Position.of_caller)
        @components << definition
        Declarer.new(definition)
      end
    end

    # What set_spout and set_bolt return.
    class Declarer
      GROUPINGS = %i[shuffle global none all direct local_or_shuffle fields partial_key].freeze

      def initialize(definition)
        @definition = definition
      end

      # shuffle_grouping(id [, stream]); fields_grouping(id, [stream,] fields)
      GROUPINGS.each do |grouping|
        define_method(:"#{grouping}_grouping") do |id, *args|
          fields = args.pop if args.last.is_a?(Array)
          @definition.source(id, fields ? { grouping => fields } : grouping, args.first)
          self
        end
      end

      def add_configuration(key, value)
        @definition.set(key, value)
        self
      end

      def add_configurations(config)
        config&.each { |key, value| @definition.set(key, value) }
        self
      end

      def set_num_tasks(count)
        @definition.tasks = count
        self
      end

      instance_methods(false).each do |name|
        alias_method name.to_s.gsub(/_(\w)/) { $1.upcase }, name
      end

      # setDebug(true), setMaxSpoutPending(10), ...
      def method_missing(name, *args)
        return super unless @definition.respond_to?(name)

        @definition.public_send(name, *args)
        self
      end

      def respond_to_missing?(name, include_private = false) = @definition.respond_to?(name) || super
    end
  end
end
