# frozen_string_literal: true

# JRuby's java_import, which RedStorm topologies may use before they require anything. It loads what stands in for
# Storm's Java classes, and then does its work.
module Kernel
  def java_import(*names, &block)
    require "java"
    java_import(*names, &block)
  end
  private :java_import
end
