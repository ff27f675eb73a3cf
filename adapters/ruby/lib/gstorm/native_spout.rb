# frozen_string_literal: true

require "gstorm/native_bolt"
require "gstorm/storm_spout_collector"

module Gstorm
  # Runs an object with Storm's interface of a spout (open, next_tuple, ack, fail, ...) in a task. What it raises: see
  # NativeBolt.
  class NativeSpout
    def initialize(object)
      @object = object
      @next = object.respond_to?(:next_tuple) ? :next_tuple : :nextTuple
    end

    def gstorm_collector(session, context) = StormSpoutCollector.new(session, context)

    def gstorm_open(config, context, collector)
      @survives = config[NativeBolt::ON_EXCEPTION] == "fail_tuple"
      call(:open, config, context, collector)
    end

    def gstorm_next = @object.public_send(@next)
    def gstorm_ack(id) = call(:ack, id)
    def gstorm_fail(id) = call(:fail, id)
    def gstorm_activate = call(:activate)
    def gstorm_deactivate = call(:deactivate)
    def gstorm_close = call(:close)
    def gstorm_survives?(_error) = @survives
    def gstorm_finished? = false

    private

    # All but next_tuple may be left out.
    def call(name, *args)
      @object.public_send(name, *args) if @object.respond_to?(name)
    end
  end
end
