# frozen_string_literal: true

# What Ruby had when RedStorm topologies were written, and has no more.

Fixnum = Integer unless Object.const_defined?(:Fixnum) # rubocop:disable Lint/UnifiedInteger

[File, Dir].each do |clazz|
  clazz.singleton_class.alias_method(:exists?, :exist?) unless clazz.respond_to?(:exists?)
end

module RedStorm
  # JRUBY_VERSION can be read, but isn't defined: libraries ask `defined?(JRUBY_VERSION)` to find out where they run.
  module JRubyVersion
    def const_missing(name)
      name == :JRUBY_VERSION ? "none (gstorm)" : super
    end
  end
  Module.prepend(JRubyVersion)
end
