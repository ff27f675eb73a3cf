# frozen_string_literal: true

require "gstorm/position"

module Gstorm
  # Which topologies a file holds, in the order in which they were first declared, and which of them was declared last:
  # that one is run (RedStorm's rule).
  module TopologyRegistry
    @classes = []
    @positions = {}
    @chosen = nil

    class << self
      attr_reader :classes, :chosen

      # A class that may become a topology.
      def seen(clazz, at)
        @positions[clazz] ||= at
      end

      # A class that is one: it has declared a component or a configuration, or says so itself.
      def choose(clazz)
        seen(clazz, Position.of_caller)
        @classes << clazz unless @classes.include?(clazz)
        @chosen = clazz
      end

      # The classes that are no topologies after all: they declare nothing.
      def empty_classes = @positions.keys - @classes

      # Where the class was first seen.
      def position(clazz) = @positions[clazz]

      # By its name, the last part of it, or the name of the topology; nil if there is none.
      def find(name)
        @classes.reverse.find { |clazz| names(clazz).include?(name) }
      end

      private

      def names(clazz)
        [clazz.name, clazz.name.to_s.split("::").last, (clazz.topology_name if clazz.respond_to?(:topology_name))]
      end
    end
  end
end
