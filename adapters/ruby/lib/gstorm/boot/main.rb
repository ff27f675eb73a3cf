# frozen_string_literal: true

require_relative "bundle"
require_relative "lazy_gems"
require_relative "library"
require_relative "options"

module Gstorm
  module Boot
    # What boot.rb does once the descriptors are safe. Nothing of the library proper is loaded before it is clear which
    # copy of it is used, and which JSON the Gemfile wants.
    class Main
      def initialize(argv)
        @argv = argv
      end

      # Returns the exit status.
      def run
        options = Options.parse(@argv)
        ENV["GSTORM_ROLE"] = options.mode
        ARGV.replace(options.rest)
        LazyGems.install
        @warning = Bundle.setup(options.file)
        select_library
        start(options)
      rescue ArgumentError => e
        warn e.message
        2
      end

      private

      # A library that doesn't fit can still say so.
      def select_library
        Library.select
      rescue Library::Mismatch => e
        @mismatch = e
        $LOAD_PATH.unshift(Library::EMBEDDED)
      end

      def start(options)
        require "gstorm"
        require "gstorm/java_import"
        options.mode == "task" ? task(options) : describe(options)
      end

      def describe(options)
        require "gstorm/driver"
        require "gstorm/plain_output" if Streams.plain?
        control = Streams.plain? ? PlainOutput.new(Streams.output) : control_line
        return refuse(control) if @mismatch

        Driver.new(control, options, warnings: warnings, lasting: !Streams.input.nil?).run
      end

      def control_line
        require "gstorm/control"
        Control.new(Streams.input, Streams.output)
      end

      def task(options)
        require "gstorm/task_process"
        $stderr.sync = true
        session = Session.new(Streams.input, Streams.output)
        return TaskProcess.new(session, options).run unless @mismatch

        session.shake_hands
        session.error(@mismatch)
        1
      end

      def refuse(control)
        problem = Problem.error(@mismatch.message, hint: "gem install gstorm -v #{VERSION}, or gem uninstall gstorm")
        control.send("problems" => [problem.to_h])
        2
      end

      def warnings
        message, gemfile = @warning
        message ? [Problem.warning(message, at: Position.at(gemfile, 1))] : []
      end
    end
  end
end
