# frozen_string_literal: true

require "gstorm/config_keys"

module RedStorm
  module Storm
    # Storm's Config: a map with setters, and constants for the keys.
    class Config < Hash
      # Config::TOPOLOGY_WORKER_CHILDOPTS is "topology.worker.childopts".
      def self.const_missing(name) = Gstorm::ConfigKeys.key_of_constant(name)

      def put(key, value) = store(key.to_s, value)
      def get(key) = self[key.to_s]
      alias put_all update
      alias putAll update

      # conf.setDebug(true), conf.set_debug(true), conf.debug = true
      def method_missing(name, *args)
        key = setter_key(name)
        key ? store(key, args.first) : super
      end

      def respond_to_missing?(name, include_private = false)
        !setter_key(name).nil? || super
      end

      private

      def setter_key(name)
        Gstorm::ConfigKeys.key(name.to_s.chomp("=")) if name.start_with?("set") || name.end_with?("=")
      end
    end
  end
end
