# frozen_string_literal: true

require "gstorm/component_class"
require "gstorm/native_bolt"
require "gstorm/native_spout"
require "gstorm/outputs"

module Gstorm
  # One of Storm's plain components: any class with Storm's interface of a spout (open, next_tuple) or a bolt (prepare,
  # execute), in Ruby's or in Java's spelling. What it declares is asked of an object of it, since that is where Storm
  # has these methods.
  class NativeClass
    HANDLERS = { "spout" => %i[next_tuple nextTuple], "bolt" => %i[execute] }.freeze

    # fields: what the topology says instead of the class (JRubyBolt's third argument).
    def initialize(clazz, args, fields: nil)
      @clazz = clazz
      @args = args
      @fields = fields
    end

    def name = class_of.name
    def implementation = { "type" => "file" }

    def outputs
      return Outputs.parse(*@fields) if @fields && !@fields.empty?

      declarer = Declarer.new
      call(%i[declare_output_fields declareOutputFields], declarer)
      declarer.outputs
    end

    def config
      (call(%i[get_component_configuration getComponentConfiguration]) || {}).to_h.transform_keys(&:to_s)
    end

    # For a task: the object in the task's own terms.
    def new_instance
      return NativeSpout.new(instance) if HANDLERS["spout"].any? { |name| instance.respond_to?(name) }

      NativeBolt.new(instance)
    end

    def problems(kind)
      return [] if (HANDLERS.fetch(kind) & class_of.public_instance_methods).any?

      other = HANDLERS.keys.find { |k| (HANDLERS[k] & class_of.public_instance_methods).any? }
      return [["#{name} is a #{other}, it is declared as a #{kind}", nil]] if other

      [["#{name} is no #{kind}", "derive it from Gstorm::#{kind.capitalize}, or give it #{HANDLERS[kind].first}"]]
    end

    private

    def class_of = @clazz.is_a?(Class) ? @clazz : @clazz.class
    def instance = @instance ||= @clazz.is_a?(Class) ? ComponentClass.instance(@clazz, @args) : @clazz

    def call(names, *args)
      name = names.find { |candidate| instance.respond_to?(candidate) }
      name && instance.public_send(name, *args)
    end

    # Storm's OutputFieldsDeclarer.
    class Declarer
      attr_reader :outputs

      def initialize
        @outputs = Outputs.new
      end

      # declare(fields) or declare(direct, fields).
      def declare(*args)
        declare_stream(Outputs::DEFAULT, *args)
      end

      # declareStream(stream, fields) or declareStream(stream, direct, fields).
      def declare_stream(stream, *args)
        *direct, fields = args
        @outputs.declare(stream, fields.to_a, direct: direct.first || false)
      end
      alias declareStream declare_stream
    end
  end
end
