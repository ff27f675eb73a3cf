# frozen_string_literal: true

require "gstorm/config_keys"

module Gstorm
  # What `configure do ... end` is evaluated in: settings are written as verbs, or with set.
  class Configurator
    attr_reader :config

    def initialize(defaults = {})
      @config = defaults.to_h { |key, value| [key.to_s, value] }
    end

    # Any key, Storm's or your own; components find it in their config.
    def set(key, value)
      @config[key.to_s] = value
    end

    # debug true, num_workers 2, ...: see ConfigKeys::SETTERS.
    def method_missing(name, *args)
      key = ConfigKeys.key(name) or raise NoMethodError.new(unknown(name), name)
      raise ArgumentError, "#{name} takes one value, it got #{args.size}" unless args.size == 1

      @config[key] = args.first
    end

    def respond_to_missing?(name, include_private = false)
      !ConfigKeys.key(name).nil? || super
    end

    private

    def unknown(name)
      words = ConfigKeys::SETTERS.keys + public_methods(false) + self.class.public_instance_methods - Object.instance_methods
      "unknown statement or setting '#{name}'#{Spelling.suggestion(name, words)} (any key can be set with: set 'key', value)"
    end
  end
end
