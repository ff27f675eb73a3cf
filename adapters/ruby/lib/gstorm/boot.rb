# frozen_string_literal: true

# The program that gstorm starts for a Ruby topology:
#
#   ruby [--disable-gems] .../gstorm/boot.rb describe FILE [--class C] [--env E] [--name N] [--component NAME]... [-- ARGS]
#   ruby [--disable-gems] .../gstorm/boot.rb task     FILE [--class C] [--env E] [--name N] --component NAME [-- ARGS]
#
# With components named, describe describes these and no topology: see FileComponents.
#
# $0 stays the path of this file: `if __FILE__ == $0` in a topology's file is false, as it was under RedStorm.

abort "gstorm needs Ruby 3.1 or later, this is Ruby #{RUBY_VERSION}" if RUBY_VERSION < "3.1"

require_relative "boot/streams"
Gstorm::Boot::Streams.take(ARGV.first) # before anything else may print

require_relative "boot/main"
exit Gstorm::Boot::Main.new(ARGV.dup).run
