# frozen_string_literal: true

require "gstorm/problem"
require "gstorm/topology_registry"

module Gstorm
  # Calls the start method of a topology: start(env), or RedStorm's older start(base_class_path, env).
  Start = Struct.new(:clazz, :options) do
    def run
      topology = clazz.new
      unless topology.respond_to?(:start)
        raise ProblemsError, Problem.error("#{clazz} has no method start", at: TopologyRegistry.position(clazz))
      end

      env = options.env
      topology.method(:start).arity.abs == 2 ? topology.start(options.file, env) : topology.start(env)
    end
  end
end
