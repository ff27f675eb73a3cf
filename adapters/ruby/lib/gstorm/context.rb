# frozen_string_literal: true

require "gstorm/outputs"
require "gstorm/tuple"

module Gstorm
  # Who a component is and where it stands, as the host has said in the handshake.
  class Context
    def initialize(raw, config)
      @raw = raw
      @config = config
    end

    # The context as it came, keys and all.
    def to_h = @raw
    def [](key) = @raw[key]

    def task_id = @raw["taskid"]
    def component_id = @raw["componentid"] || tasks[task_id.to_s]
    def topology_name = @config["topology.name"]

    # The ids of a component's tasks, in order.
    def component_tasks(id) = tasks.filter_map { |task, component| task.to_i if component == id.to_s }.sort

    # Which of its component's tasks this is, from 0.
    def task_index = component_tasks(component_id).index(task_id)

    # The class of tuples from that stream, with a reader for each field.
    def tuple_class(component, stream)
      @tuple_classes ||= Hash.new { |classes, source| classes[source] = {} }
      @tuple_classes[component][stream] ||= Tuple.of(source_fields(component, stream))
    end

    # The fields of an own output stream, nil if it isn't declared or the host doesn't say.
    def output_fields(stream) = @raw.dig("stream->outputfields", stream)

    # Whether the host says what the own output streams are.
    def outputs_known? = @raw.key?("stream->outputfields")
    def output_streams = (@raw["stream->outputfields"] || {}).keys

    # Whether anybody subscribes to an own output stream; true where the host doesn't say.
    def consumed?(stream)
      targets = @raw["stream->target->grouping"]
      targets.nil? || !(targets[stream] || {}).empty?
    end

    private

    def tasks = @raw["task->component"] || {}
    def source_fields(component, stream) = @raw.dig("source->stream->fields", component, stream) || Tuple::NO_FIELDS
  end
end
