# frozen_string_literal: true

require "gstorm/load_problem"
require "gstorm/position"
require "gstorm/problem"
require "gstorm/topology_registry"

module Gstorm
  # A user's file: loads it and says which of its topologies is meant.
  class TopologyFile
    # class_name: the one that the user picks, or nil.
    def initialize(path, class_name)
      @path = path
      @class_name = class_name
    end

    # Loads the file, as RedStorm did: required (not loaded) by its absolute path, so that it isn't loaded again where it
    # requires all files of its folder; the working directory, its lib and the file's own folder are searched.
    # Raises ProblemsError.
    def load
      Gstorm.topology_file = @path
      path = File.expand_path(@path)
      raise ProblemsError, missing unless File.file?(path)

      search(File.dirname(path), File.expand_path("lib"), Dir.pwd)
      path.end_with?(".rb") ? require(path) : Kernel.load(path)
    rescue ProblemsError
      raise
    rescue ScriptError, StandardError, SystemStackError, SystemExit => e
      raise ProblemsError, LoadProblem.of(e)
    end

    # The topology that is meant: the one that was picked, or the last one (RedStorm's rule). Raises ProblemsError.
    def topology
      return picked if @class_name

      TopologyRegistry.chosen or raise ProblemsError, none
    end

    # The same, nil where the file has none and none was picked.
    def topology_if_any = @class_name ? topology : TopologyRegistry.chosen

    private

    # This library stays the first: a checkout of RedStorm has a lib/red_storm.rb too.
    def search(*dirs)
      dirs.each { |dir| $LOAD_PATH.unshift(dir) unless $LOAD_PATH.include?(dir) }
      $LOAD_PATH.unshift(Position::LIBRARY.chomp("/"))
    end

    def picked
      TopologyRegistry.find(@class_name) or raise ProblemsError, unknown
    end

    def missing
      hint = File.directory?(@path) ? "it is a directory" : nil
      Problem.error("there is no file #{@path}", hint: hint)
    end

    def none
      empty = TopologyRegistry.empty_classes.last
      return nothing_in(empty) if empty

      hint = "a topology is a class derived from Gstorm::Topology (or RedStorm::DSL::Topology) that declares spouts and bolts"
      Problem.error("there is no topology in #{@path}", at: Position.at(@path, 1), hint: hint)
    end

    def nothing_in(clazz)
      Problem.error("the topology #{clazz.name} declares neither spout nor bolt", at: TopologyRegistry.position(clazz))
    end

    def unknown
      names = TopologyRegistry.classes.map(&:name)
      Problem.error("there is no topology #{@class_name} in #{@path}", at: Position.at(@path, 1),
                    hint: names.empty? ? nil : "there is #{names.join(", ")}")
    end
  end
end
