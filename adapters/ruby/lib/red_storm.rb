# frozen_string_literal: true

# RedStorm's names, so that topologies that were written for it run as they are.

require "gstorm"
require "java"
require "red_storm/version"
require "red_storm/environment"
require "red_storm/ruby_compat"
require "red_storm/configuration"
require "red_storm/configurator"
require "red_storm/loggable"
require "red_storm/storm"
require "red_storm/dsl/bolt"
require "red_storm/dsl/batch_bolt"
require "red_storm/dsl/batch_committer_bolt"
require "red_storm/dsl/spout"
require "red_storm/dsl/batch_spout"
require "red_storm/dsl/topology"
require "red_storm/dsl/drpc_topology"
require "red_storm/dsl/tuple"
require "red_storm/dsl/output_collector"
