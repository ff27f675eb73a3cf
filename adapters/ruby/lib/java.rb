# frozen_string_literal: true

# What JRuby's `require "java"` brings, as far as topologies need it: java_import and Java:: find the stand-ins for
# Storm's classes. Any other Java class can be imported, and says on its first use that it isn't here.

require "gstorm/java_class"

module Kernel
  # java_import "backtype.storm.tuple.Fields": defines the constant in the module that it is called in, or at the top
  # level. A block may choose the constant's name.
  def java_import(*names, &block)
    target = is_a?(Module) ? self : Object
    names.flatten.map { |name| Gstorm::JavaClass.import(name, target, &block) }
  end
  alias include_class java_import

  # java.lang.System and the like.
  def java = Gstorm::JavaClass::Package.new("java")
  private :java_import, :include_class, :java
end

# Java::BacktypeStorm::Config, Java::OrgApacheLog4j::Logger
module Java
  def self.const_missing(name)
    const_set(name, Gstorm::JavaClass::Package.new(name.to_s.gsub(/(?<!\A)([A-Z])/, '.\1').downcase))
  end
end
