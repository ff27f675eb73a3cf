# frozen_string_literal: true

require "gstorm/implicit_id"
require "gstorm/outputs"

module Gstorm
  # One subscription of a bolt, as it was written; what is wrong with it is found by the host's validator.
  Input = Struct.new(:from, :stream, :grouping, :fields, :at, keyword_init: true) do
    # from: a component class or an id. grouping: :shuffle, {fields: [:a]} or {shuffle: true}.
    def self.parse(from, grouping, stream, at)
      grouper, params = grouping.is_a?(Hash) ? grouping.first : [grouping, nil]
      new(from: id_of(from), stream: (stream || Outputs::DEFAULT).to_s, grouping: grouper.to_s,
          fields: Input::BY_FIELDS.include?(grouper.to_s) ? [params].flatten.map(&:to_s) : nil, at: at)
    end

    # Classes stand for the component with their implicit id.
    def self.id_of(from)
      from.is_a?(Module) ? ImplicitId.of(from) : from.to_s
    end

    def to_h
      { "from" => from, "stream" => stream, "grouping" => grouping, "fields" => fields, "at" => at&.to_h }.compact
    end
  end

  Input::BY_FIELDS = %w[fields partial_key].freeze
end
