# frozen_string_literal: true

require "gstorm/storm_bolt_collector"

OutputCollector = Gstorm::StormBoltCollector unless Object.const_defined?(:OutputCollector)
