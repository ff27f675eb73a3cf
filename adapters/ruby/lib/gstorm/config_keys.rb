# frozen_string_literal: true

require "gstorm/spelling"

module Gstorm
  # The names by which configurations are written in code, and Storm's keys for them.
  module ConfigKeys
    # What the setters of Storm's Config class set: debug (setDebug) sets topology.debug.
    SETTERS = {
      "acker_executors" => "topology.acker.executors",
      "classpath" => "topology.classpath",
      "debug" => "topology.debug",
      "environment" => "topology.environment",
      "fall_back_on_java_serialization" => "topology.fall.back.on.java.serialization",
      "kryo_factory" => "topology.kryo.factory",
      "max_spout_pending" => "topology.max.spout.pending",
      "max_task_parallelism" => "topology.max.task.parallelism",
      "message_timeout_secs" => "topology.message.timeout.secs",
      "num_ackers" => "topology.acker.executors",
      "num_event_loggers" => "topology.eventlogger.executors",
      "num_workers" => "topology.workers",
      "optimize" => "topology.optimize",
      "skip_missing_kryo_registrations" => "topology.skip.missing.kryo.registrations",
      "stats_sample_rate" => "topology.stats.sample.rate",
      "tick_tuple_freq_secs" => "topology.tick.tuple.freq.secs",
      "topology_priority" => "topology.priority",
      "topology_strategy" => "topology.scheduler.strategy",
      "topology_worker_max_heap_size" => "topology.worker.max.heap.size.mb"
    }.freeze

    module_function

    # Storm's key for debug, setDebug or set_debug, or nil.
    def key(name)
      SETTERS[snake(name).delete_prefix("set_")]
    end

    # TOPOLOGY_WORKER_CHILDOPTS is topology.worker.childopts.
    def key_of_constant(name) = name.to_s.downcase.tr("_", ".")

    def snake(name) = name.to_s.gsub(/([a-z\d])([A-Z])/, '\1_\2').downcase
  end
end
