# frozen_string_literal: true

require "gstorm/component_class"

module Gstorm
  # A component whose class declares itself: Gstorm::Spout and Bolt, RedStorm::DSL::Spout and Bolt.
  # The class responds to kind, outputs, component_config and required_hook.
  class DeclaredClass
    def initialize(clazz, args)
      @clazz = clazz
      @args = args
    end

    def name = @clazz.name
    def implementation = { "type" => "file" }
    def outputs = @clazz.outputs
    def config = @clazz.component_config
    def new_instance = @clazz.new_component(@args)

    # [message, hint] of each thing that is wrong with using the class as a component of that kind.
    def problems(kind)
      return [["#{name} is a #{@clazz.kind}, it is declared as a #{kind}", nil]] unless @clazz.kind == kind
      return [] if @clazz.handles?

      [["#{name} doesn't say what it does", "give it #{@clazz.required_hook} { ... } or a method of that name"]]
    end
  end
end
