# frozen_string_literal: true

require "gstorm/spelling"

module Gstorm
  # A tuple as a bolt gets it. Values by name or position: t.word, t[:word], t["word"], t[0].
  class Tuple
    NO_FIELDS = [].freeze
    TICK = "__tick"

    # What no reader of a field takes the place of; t[:class] always works.
    RESERVED = (Object.public_instance_methods + %i[raise initialize method_missing respond_to_missing? unknown field_index fields
                                                    values settled settled? settled= tick? wire_id host_id to_h]).freeze

    class << self
      # The class of tuples with these fields: a Tuple with one reader per field. The readers win over Tuple's own
      # methods: where there is a field id, t.id is its value.
      def of(fields)
        (@classes ||= {})[fields] ||= Class.new(self) do
          define_singleton_method(:fields) { fields }
          fields.each_with_index do |field, index|
            define_method(field) { @values[index] } unless RESERVED.include?(field.to_sym)
          end
        end
      end

      def fields = NO_FIELDS
      def name = "Gstorm::Tuple"
      alias inspect name
    end

    attr_reader :values

    # Where it comes from.
    attr_reader :component, :stream, :task

    # The host's id, a String.
    def id = @id.to_s
    alias host_id id

    def initialize(id, component, stream, task, values)
      @id = id
      @component = component
      @stream = stream
      @task = task
      @values = values
    end

    def fields = self.class.fields

    # t[0], t[:word], t["word"]. What isn't there is an error.
    def [](key)
      case key
      when Integer then @values.fetch(key)
      when String, Symbol then @values[field_index(key)]
      else raise TypeError, "a tuple is asked by name or by position, not by #{key.inspect}"
      end
    end
    alias value []

    def field_index(field)
      fields.index(field.to_s) or raise KeyError, unknown(field)
    end

    def contains?(field) = fields.include?(field.to_s)
    def size = @values.size
    alias length size

    def each(&block) = @values.each(&block)

    # {"word" => "a", "n" => 1}
    def to_h = fields.zip(@values).to_h

    # case tuple in { word:, n: }
    def deconstruct_keys(_keys) = fields.map(&:to_sym).zip(@values).to_h

    # case tuple in [word, n]
    def deconstruct = @values

    # Whether this is one of the ticks that topology.tick.tuple.freq.secs brings.
    def tick? = @stream == TICK && @component == "__system"

    # Whether it has been acked or failed; what comes after that doesn't count.
    attr_accessor :settled
    alias settled? settled

    # The id as it stands in messages: JSON text, or an Integer if the tuple came in a batch.
    def wire_id = @id.is_a?(Integer) ? @id : @wire_id ||= JSON.generate(@id)

    def inspect
      pairs = fields.empty? ? @values.map(&:inspect) : fields.zip(@values).map { |field, value| "#{field}: #{value.inspect}" }
      "#<Tuple #{@component}/#{@stream} #{pairs.join(", ")}>"
    end
    alias to_s inspect

    def method_missing(name, *args)
      return super unless args.empty? && !name.end_with?("=", "!", "?")

      raise NoMethodError.new(unknown(name), name)
    end

    def respond_to_missing?(_name, _include_private = false) = false

    private

    def unknown(field)
      source = "from #{@component}, stream #{@stream}: #{fields.join(", ")}"
      "the tuple has no field #{field}#{Spelling.suggestion(field, fields)} (#{source})"
    end
  end
end
