# frozen_string_literal: true

require "minitest/autorun"
require "open3"
require "gstorm"
require "support/describing"
require "support/host"
require "support/topology_source"
