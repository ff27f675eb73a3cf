# frozen_string_literal: true

require "gstorm/tuple"

module Gstorm
  # The methods of Storm's Java tuple, in both spellings (getString and get_string), for plain and RedStorm components.
  module JavaTuple
    def get_value(index) = self[index]
    def get_value_by_field(field) = self[field]
    def get_values = values
    def get_fields = fields
    def get_source_component = @component
    def get_source_stream_id = @stream
    def get_source_task = @task
    def get_message_id = @id.to_s
    def source_component = @component
    def source_stream_id = @stream
    def source_task = @task
    def message_id = @id.to_s
    def contains(field) = contains?(field)
    def get_index_of(field) = field_index(field)

    # Storm's typed getters cast; these only look.
    %w[string long integer short double float boolean byte binary].each do |type|
      define_method(:"get_#{type}") { |index| self[index] }
      define_method(:"get_#{type}_by_field") { |field| self[field] }
    end

    instance_methods(false).each do |name|
      camel = name.to_s.gsub(/_(\w)/) { $1.upcase }
      alias_method camel, name unless camel == name.to_s
    end

    def fieldIndex(field) = field_index(field)
  end

  Tuple.include(JavaTuple)
end
