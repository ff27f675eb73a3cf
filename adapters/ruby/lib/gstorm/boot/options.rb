# frozen_string_literal: true

module Gstorm
  module Boot
    # The command line of boot.rb. rest: what the topology's file finds in ARGV.
    Options = Struct.new(:mode, :file, :class_name, :env, :name, :components, :rest, keyword_init: true) do
      # Raises ArgumentError.
      def self.parse(argv)
        options = new(mode: argv.shift, file: argv.shift, env: :local, components: [], rest: [])
        until argv.empty?
          word = argv.shift
          break options.rest = argv if word == "--"
          next options.components << argv.shift if word == "--component"

          options[self::FLAGS.fetch(word) { raise ArgumentError, "unknown option #{word}" }] = argv.shift
        end
        options.env = options.env.to_sym
        options.check
      end

      def check
        raise ArgumentError, "usage: boot.rb describe|task FILE [--class C] [--env E] [--name N] [--component NAME] [-- ARGS]" \
          unless %w[describe task].include?(mode) && file && (component || mode == "describe")

        self
      end

      # That of a task.
      def component = components.first
    end
    Options::FLAGS = { "--class" => :class_name, "--env" => :env, "--name" => :name }.freeze
  end
end
