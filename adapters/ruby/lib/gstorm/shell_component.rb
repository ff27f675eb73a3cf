# frozen_string_literal: true

require "gstorm/outputs"

module Gstorm
  # A component that is a command which speaks the multilang protocol.
  class ShellComponent
    attr_reader :name, :outputs

    # command: the argv. dir: the working directory; by default resources/ beside the topology's file, as in Storm.
    def initialize(name, command, fields: [], dir: nil)
      @name = name
      @command = command
      @dir = dir
      @outputs = Outputs.parse(*fields)
    end

    def component_class(_args) = self
    def config = {}

    def implementation
      { "type" => "shell", "command" => @command.map(&:to_s), "dir" => @dir || default_dir }
    end

    def problems(_kind)
      @command.empty? ? [["#{name} has no command", nil]] : []
    end

    private

    def default_dir
      beside = File.dirname(Gstorm.topology_file)
      dir = [File.join(beside, "resources"), "resources", beside].find { |candidate| File.directory?(candidate) }
      File.expand_path(dir).then { |path| path == Dir.pwd ? "." : path.delete_prefix("#{Dir.pwd}/") }
    end
  end
end
