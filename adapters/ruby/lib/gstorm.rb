# frozen_string_literal: true

require "gstorm/version"
require "gstorm/errors"
require "gstorm/topology"
require "gstorm/spout"
require "gstorm/reliable_spout"
require "gstorm/bolt"

# Storm topologies in Ruby. A file that requires this is run with: gstorm run FILE
module Gstorm
  class << self
    # :describe while a topology is described (and submitted), :task in the process of one of its tasks, else nil.
    attr_accessor :role

    # The file of the topology, as it was given to gstorm.
    attr_writer :topology_file

    def topology_file = @topology_file || $PROGRAM_NAME
  end
end
