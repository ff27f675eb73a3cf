# frozen_string_literal: true

require "gstorm/errors"
require "gstorm/logger"

module Gstorm
  # Java classes by their names: those of Storm that have a stand-in here, and all others.
  module JavaClass
    STORM = /\A(backtype\.storm|org\.apache\.storm|redstorm\.storm\.jruby)\./

    # Packages as JRuby writes them: java.lang.System, Java::BacktypeStorm::Config.
    class Package < Module
      def initialize(name)
        super()
        @name = name
      end

      def const_missing(name) = const_set(name, JavaClass.find("#{@name}.#{name}"))

      def method_missing(name, *args)
        return super unless args.empty?

        name.match?(/\A[A-Z]/) ? JavaClass.find("#{@name}.#{name}") : Package.new("#{@name}.#{name}")
      end

      def respond_to_missing?(_name, _include_private = false) = true
    end

    # A class that isn't here. It can be imported, which is often done for code that isn't used; using it is an error.
    class Missing < Module
      attr_reader :name

      def initialize(name)
        super()
        @name = name
      end

      def to_s = name
      def method_missing(*) = raise(NotAvailableError, "the Java class #{name} is not available in gstorm")
      def new(*) = method_missing
      def component_class(_args) = method_missing
      def const_missing(_constant) = method_missing
      def respond_to_missing?(_name, _include_private = false) = false
    end

    # java.lang.System.
    module System
      PROPERTIES = Hash.new { |_, key| key.to_s.start_with?("java.") ? "none (gstorm)" : nil }

      module_function

      def properties = PROPERTIES
      def get_property(key) = PROPERTIES[key]
      def getProperty(key) = PROPERTIES[key]
      def getenv(name) = ENV[name]
      def current_time_millis = Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond)
      def currentTimeMillis = current_time_millis
      def nano_time = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
      def nanoTime = nano_time
    end

    # org.apache.log4j.Logger.
    module Log4jLogger
      def self.get_logger(name) = Logger.new(name.to_s)
      def self.getLogger(name) = get_logger(name)
    end

    OTHERS = { "java.lang.System" => System, "org.apache.log4j.Logger" => Log4jLogger }.freeze

    class << self
      # Defines the constant for a class, given by name or as find returned it. The block gets package and name, and
      # may return another name for the constant.
      def import(class_or_name, target)
        clazz = class_or_name.is_a?(Module) ? class_or_name : find(class_or_name.to_s)
        package, _, simple = (class_or_name.is_a?(Module) ? clazz.name : class_or_name.to_s).rpartition(/\.|::/)
        constant = block_given? ? yield(package, simple) : simple
        target.const_set(constant, clazz) unless same?(target, constant, clazz)
        clazz
      end

      def find(name)
        OTHERS[name] || storm(name) || Missing.new(name)
      end

      private

      def same?(target, constant, clazz)
        target.const_defined?(constant, false) && target.const_get(constant).equal?(clazz)
      end

      def storm(name)
        return unless name.match?(STORM)

        require "red_storm/storm"
        simple = name.split(".").last.to_sym
        RedStorm::Storm.const_get(simple) if RedStorm::Storm.const_defined?(simple, false)
      end
    end
  end
end
