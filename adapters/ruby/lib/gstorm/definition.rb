# frozen_string_literal: true

require "gstorm/configurator"
require "gstorm/implicit_id"
require "gstorm/component_class"
require "gstorm/input"
require "gstorm/outputs"
require "gstorm/position"
require "gstorm/problem"
require "gstorm/wire_values"

module Gstorm
  # One component of a topology as it was declared. The block of the declaration is evaluated in it, so what is written
  # there (settings, output_fields, source) are its public methods.
  class Definition < Configurator
    # What a number of tasks may be written as; whether it makes sense is the validator's business.
    COUNTS = (-2**31...2**31)

    attr_reader :clazz, :constructor_args, :component_class, :parallelism, :inputs, :at
    attr_accessor :id, :tasks

    # clazz is the component's class, or an object with one of the interfaces of ComponentClass.
    def initialize(clazz, constructor_args, id, parallelism, tasks: nil, at: nil)
      super()
      @clazz = clazz
      @constructor_args = constructor_args
      @component_class = ComponentClass.of(clazz, constructor_args)
      @id = id.to_s
      @parallelism = count(:parallelism, parallelism)
      @tasks = tasks && count(:tasks, tasks)
      @at = at
      @outputs = Outputs.new
      @inputs = []
    end

    # The fields of the component's streams; they win over what the class declares, stream by stream.
    def output_fields(*args)
      return @outputs.fields if args.empty?

      @outputs = @outputs.merge(Outputs.parse(*args))
    end

    # A named stream; direct: true for one whose tuples go to a task that the emitter names.
    def stream(name, fields, direct: false)
      @outputs.declare(name, fields, direct: direct)
    end

    # RedStorm's spelling: source Split, :shuffle; source Split, :fields => ["word"]; source Split, :shuffle, :errors.
    # A spout takes it too, for the validator to say, with its place, that spouts have no input.
    def source(from, grouping = :shuffle, stream = nil)
      @inputs << Input.parse(from, grouping, stream, Position.of_caller)
    end

    # from Split; from Split, fields: :word; from Split, :all; from Split, stream: :late, grouping: :all.
    def from(from, positional = nil, stream: nil, grouping: nil, **by)
      raise ArgumentError, "from takes one grouping, it got #{by.keys.join(" and ")}" if by.size > 1

      @inputs << Input.parse(from, (by unless by.empty?) || grouping || positional || :shuffle, stream, Position.of_caller)
    end

    # RedStorm's view of the inputs: [[source id, grouping], ...].
    def sources
      inputs.map { |input| [input.from, { input.grouping.to_sym => input.fields }] }
    end

    def outputs = component_class.outputs.merge(@outputs)
    def component_config = component_class.config.merge(config)
    def new_instance = component_class.new_instance

    # The component as the topology description has it.
    def to_h
      { "id" => id, "kind" => kind, "class" => component_class.name, "run" => component_class.implementation,
        "parallelism" => parallelism, "tasks" => tasks || parallelism,
        "config" => WireValues.convert(component_config, "config of #{id}"),
        "outputs" => outputs.to_h, "inputs" => inputs.map(&:to_h), "at" => at&.to_h }.compact
    end

    # What only this side can know to be wrong.
    def problems
      component_class.problems(kind).map { |message, hint| Problem.error(message, hint: hint, at: at) }
    end

    private

    def count(what, value)
      number = Integer(value, exception: false) unless value.is_a?(Float)
      return number if number && COUNTS.cover?(number)

      raise DefinitionError, "#{what} of #{@id} has to be a whole number, it is #{value.inspect}"
    end
  end

  # A spout of a topology.
  class SpoutDefinition < Definition
    def kind = "spout"
  end

  # A bolt of a topology.
  class BoltDefinition < Definition
    def kind = "bolt"
  end
end
