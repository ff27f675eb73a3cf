# frozen_string_literal: true

require "gstorm/implicit_id"
require "gstorm/outputs"
require "gstorm/wire_values"

module Gstorm
  # A component that comes with gstorm, by its name and with its options:
  #
  #   spout Builtin["lines", path: "posts.txt"]
  #   bolt(Builtin["filter", when: "len(line) > 3"]) { from :lines }
  #
  # Which there are, gstorm builtins says. Their streams they know themselves; the implicit id is the name.
  class Builtin
    def self.[](name, **options) = new(name, options)

    def initialize(name, options)
      @name = name.to_s
      @options = WireValues.convert(options, "options of #{name}")
    end

    attr_reader :name

    def to_s = ImplicitId.of(name)
    def component_class(_args) = self
    def config = {}
    def outputs = Outputs.new
    def problems(_kind) = []

    def implementation
      { "type" => "builtin", "name" => name }.merge(@options.empty? ? {} : { "options" => @options })
    end
  end
end
