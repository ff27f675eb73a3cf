# frozen_string_literal: true

require "gstorm/definition"
require "gstorm/launch"
require "gstorm/problem"
require "gstorm/start"
require "gstorm/topology"
require "gstorm/topology_file"

module Gstorm
  # The components of a user's file by their names: those of its topology by their ids, and any other class of a spout or
  # bolt by the class's name.
  class FileComponents
    # file: a TopologyFile that has been loaded. options: file, env.
    def initialize(file, options)
      @file = file
      @options = options
    end

    # The definition of a component. Raises ProblemsError.
    def find(name)
      of_topology.find { |definition| definition.id == name } || of_class(name) or raise ProblemsError, unknown(name)
    end

    # Launch's target: the topology is all that is wanted of start.
    def submit(submission)
      throw :submitted, submission
    end

    private

    # The components of the topology, if there is one. Its configuration is the describing process's business: configure
    # isn't run.
    def of_topology
      @of_topology ||= begin
        clazz = @file.topology_if_any
        if clazz.nil? then []
        elsif clazz <= Topology && clazz.instance_method(:start).owner == Topology then clazz.components
        else
          Launch.target = self
          catch(:submitted) { Start.new(clazz, @options).run }.components
        end
      end
    end

    def of_class(name)
      return unless name.match?(/\A[A-Z]\w*(::[A-Z]\w*)*\z/) && Object.const_defined?(name)

      clazz = Object.const_get(name)
      [SpoutDefinition, BoltDefinition].each do |kind|
        definition = kind.new(clazz, nil, name, 1, at: TopologyRegistry.position(clazz))
        return definition if definition.problems.empty?
      end
      nil
    end

    def unknown(name)
      ids = of_topology.map(&:id)
      Problem.error("#{@options.file} has no component #{name}", at: Position.at(@options.file, 1),
                    hint: "a component is #{"one of #{ids.join(", ")}, or " unless ids.empty?}the class of a spout or bolt")
    end
  end
end
