# frozen_string_literal: true

require "red_storm/storm/config"
require "red_storm/storm/fields"
require "red_storm/storm/jruby_components"
require "red_storm/storm/local_cluster"
require "red_storm/storm/options"
require "red_storm/storm/test_word_spout"
require "red_storm/storm/topology_builder"
require "red_storm/storm/unavailable"
require "red_storm/storm/utils"
require "red_storm/storm/values"
require "gstorm/java_tuple"
require "gstorm/storm_bolt_collector"
require "gstorm/storm_spout_collector"

module RedStorm
  # What stands in for Storm's Java classes, by their names.
  module Storm
    Tuple = Gstorm::Tuple
    TupleImpl = Gstorm::Tuple
    OutputCollector = Gstorm::StormBoltCollector
    SpoutOutputCollector = Gstorm::StormSpoutCollector

    # RedStorm imported these to the top level; the others are there after a java_import.
    TOP_LEVEL = %i[Fields Values TopologyBuilder LocalCluster StormSubmitter JRubySpout JRubyBolt JRubyShellSpout
                   JRubyShellBolt SubmitOptions LocalDRPC DRPCClient].freeze
  end
end

RedStorm::Storm::TOP_LEVEL.each do |name|
  Object.const_set(name, RedStorm::Storm.const_get(name)) unless Object.const_defined?(name)
end

# Storm's Config has this name because Config was taken in Ruby.
module Backtype
  Config = RedStorm::Storm::Config
end
