# frozen_string_literal: true

module Gstorm
  # metric.incr :words; metric.gauge :queue, 12. Under Storm they go to the shell metric that is registered by that name.
  class Metrics
    def initialize(collector)
      @collector = collector
    end

    # Counts up.
    def incr(name, by = 1)
      @collector.metric(name, by, "count")
      nil
    end

    # Says what a value is now.
    def gauge(name, value)
      @collector.metric(name, value, "gauge")
      nil
    end
  end
end
