# frozen_string_literal: true

require "gstorm/thread_death"

module Gstorm
  # What on_batch makes of a bolt: tuples are kept until the next tick, then handled group by group. What the handler of a
  # group returns or emits is anchored to all tuples of the group. They are acked when it returns and failed when it
  # raises; the other groups are not concerned. At the end of the input the last groups are handled too.
  module Batching
    # How the tuples of a group are found: what `by` of on_batch says, as a Proc.
    def self.key(by)
      case by
      when nil then ->(_tuple) {}
      when Proc then by
      when Array then ->(tuple) { by.map { |field| tuple[field] } }
      else ->(tuple) { tuple[by] }
      end
    end

    def gstorm_open(*)
      @groups = {}
      super
    end

    def gstorm_close
      handle_groups
      super
    end

    private

    def tick(tuple)
      handle_groups
      super
    end

    def handle(tuple)
      (@groups[self.class.batch_key.call(tuple)] ||= []) << tuple
    end

    def handle_groups
      groups = @groups
      @groups = {}
      groups.each { |key, tuples| handle_group(key, tuples) }
    end

    def handle_group(key, tuples)
      @tuple = tuples
      @emitted = false
      output = on_batch(key, tuples)
      emit_output(output) if output && @auto_emit && !@emitted
      tuples.each { |tuple| ack(tuple) }
    rescue StandardError, ScriptError, SystemStackError => e
      raise if ThreadDeath.cause_of?(e, __FILE__)

      @collector.report_error(e, tuples.one? ? tuples.first : nil)
      tuples.each { |tuple| fail(tuple) }
    ensure
      @tuple = nil
    end
  end
end
