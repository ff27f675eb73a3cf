# frozen_string_literal: true

require "gstorm/logger"

module RedStorm
  # Gives a class a log of its own, for its objects.
  module Loggable
    def self.log = @log ||= Gstorm::Logger.new(name)
    def log = self.class.log
  end
end
