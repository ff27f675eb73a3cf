# frozen_string_literal: true

require "gstorm/position"
require "gstorm/problem"
require "gstorm/topology_registry"
require "gstorm/wire_values"

module Gstorm
  # The topology description: what gstorm needs to know of a topology, the same for every language.
  class Description
    VERSION = 1

    # The description of components outside of any topology, each under the name that it was asked for by.
    def self.of_components(definitions, names, warnings: [])
      components = definitions.zip(names).map { |definition, name| definition.to_h.merge("id" => name, "inputs" => []) }
      { "gstorm" => VERSION, "name" => "", "language" => "ruby", "file" => file, "components" => components,
        "problems" => (warnings + definitions.flat_map(&:problems)).map(&:to_h) }
    end

    # The file as messages name it.
    def self.file = Position.at(Gstorm.topology_file, nil).file

    # name: what the topology is called instead of its own name. warnings: problems that were found on the way.
    def initialize(submission, name: nil, warnings: [])
      @submission = submission
      @name = name || submission.name
      @warnings = warnings
    end

    def to_h
      { "gstorm" => VERSION, "name" => @name, "language" => "ruby", "file" => self.class.file, "class" => @submission.clazz.name,
        "classes" => TopologyRegistry.classes.map(&:name), "status" => @submission.status, "driver" => @submission.driver,
        "config" => WireValues.convert(@submission.config, "config"), "components" => @submission.components.map(&:to_h),
        "problems" => (@warnings + @submission.problems).map(&:to_h) }
    end
  end
end
