# frozen_string_literal: true

require "gstorm/java_tuple"
require "gstorm/storm_bolt_collector"

module Gstorm
  # Runs an object with Storm's interface of a bolt (prepare, execute, cleanup) in a task. As in Storm, what it raises is
  # the end of the process, unless the configuration says redstorm.on_exception: fail_tuple.
  class NativeBolt
    ON_EXCEPTION = "redstorm.on_exception"

    def initialize(object)
      @object = object
    end

    def gstorm_collector(session, context) = StormBoltCollector.new(session, context)

    def gstorm_open(config, context, collector)
      @survives = config[ON_EXCEPTION] == "fail_tuple"
      @object.prepare(config, context, collector) if @object.respond_to?(:prepare)
    end

    def gstorm_execute(tuple) = @object.execute(tuple)

    def gstorm_close
      @object.cleanup if @object.respond_to?(:cleanup)
    end

    def gstorm_survives?(_error) = @survives
  end
end
