# frozen_string_literal: true

module Gstorm
  # The output streams of a component and their fields.
  class Outputs
    DEFAULT = "default"

    Stream = Struct.new(:fields, :direct) do
      def to_h = direct ? { "fields" => fields, "direct" => true } : { "fields" => fields }
    end

    attr_reader :streams

    # What output_fields takes: fields of the default stream, and stream: fields for others.
    def self.parse(*args)
      named = args.last.is_a?(Hash) ? args.last : {}
      outputs = new
      default = args.grep_v(Hash).flatten
      outputs.declare(DEFAULT, default) unless default.empty?
      named.each { |stream, fields| outputs.declare(stream, fields) }
      outputs
    end

    def initialize(streams = {})
      @streams = streams
    end

    def declare(stream, fields, direct: false)
      @streams[stream.to_s] = Stream.new([fields].flatten.map(&:to_s), direct)
      self
    end

    # Stream by stream, what the other says wins.
    def merge(other) = Outputs.new(@streams.merge(other.streams))

    def fields(stream = DEFAULT) = @streams[stream]&.fields || []
    def empty? = @streams.empty?
    def to_h = @streams.transform_values(&:to_h)
  end
end
