# frozen_string_literal: true

require "gstorm/builtin"
require "gstorm/definition"
require "gstorm/errors"
require "gstorm/external"
require "gstorm/launch"
require "gstorm/logger"
require "gstorm/position"
require "gstorm/topology_registry"

module Gstorm
  # A topology: derive a class and say in it which spouts and bolts there are and how they hang together.
  #
  #   class WordCount < Gstorm::Topology
  #     spout Lines, parallelism: 2, args: ["posts.ndjson"]
  #     bolt(Split) { from Lines }
  #     bolt(Count, args: { min: 3 }) { from Split, fields: :word }
  #     configure { max_spout_pending 1000 }
  #   end
  class Topology
    OPTIONS = %i[id parallelism tasks args].freeze

    # In a topology's class body: External["report.py:Report"], Builtin["lines", path: "posts.txt"].
    External = Gstorm::External
    Builtin = Gstorm::Builtin

    class << self
      def inherited(subclass)
        super
        TopologyRegistry.seen(subclass, Position.of_caller)
      end

      # spout Class, id:, parallelism:, tasks:, args: do ... end
      def spout(clazz, *args, &block)
        declare(SpoutDefinition, clazz, args, &block)
      end

      # bolt Class, id:, parallelism:, tasks:, args: do from Other, fields: :word end
      def bolt(clazz, *args, &block)
        declare(BoltDefinition, clazz, args, &block)
      end

      # A bolt that is a command which speaks the multilang protocol: shell_bolt %w[python3 split.py], id: :split do ...
      def shell_bolt(command, id:, dir: nil, **options, &block)
        bolt(shell(command, id, dir), id: id, **options, &block)
      end

      def shell_spout(command, id:, dir: nil, **options, &block)
        spout(shell(command, id, dir), id: id, **options, &block)
      end

      # The topology's name and configuration. The block gets the environment, :local or :cluster; it is evaluated when
      # the topology is described, never in a task.
      def configure(name = nil, &block)
        register
        @topology_name = name.to_s if name
        @configure_block = block if block
      end

      # Options of a submission to a cluster: submit_options { set_initial_status :inactive }.
      def submit_options(&block)
        @submit_options_block = block if block
      end

      # What to do once the topology runs, with `cluster` at hand.
      def on_submit(method_name = nil, &block)
        @submit_block = block || ->(env) { __send__(method_name, env) }
      end

      def log = @log ||= Logger.new(name)
      def components = @components ||= []
      def spouts = components.grep(SpoutDefinition)
      def bolts = components.grep(BoltDefinition)
      def topology_name = @topology_name ||= ImplicitId.of(name)
      attr_reader :configure_block, :submit_options_block, :submit_block

      private

      def register
        TopologyRegistry.choose(self)
      end

      def declare(definition_class, clazz, args, &block)
        register
        at = Position.of_caller
        options = args.last.is_a?(Hash) ? args.pop.transform_keys(&:to_sym) : {}
        check_options(clazz, options)
        definition = definition_class.new(clazz, options.fetch(:args) { args.first }, options.fetch(:id) { Input.id_of(clazz) },
                                          options.fetch(:parallelism, 1), tasks: options[:tasks], at: at)
        definition.instance_exec(&block) if block
        components << definition
        definition
      end

      def check_options(clazz, options)
        unknown = options.keys - OPTIONS
        return if unknown.empty?

        raise ArgumentError, "unknown option #{unknown.first} of #{clazz}#{Spelling.suggestion(unknown.first, OPTIONS)}"
      end

      def shell(command, id, dir)
        require "gstorm/shell_component"
        ShellComponent.new(id.to_s, Array(command), dir: dir)
      end
    end

    # The cluster that the topology runs in, for on_submit: shutdown, kill_topology, activate, deactivate.
    # nil on a real cluster, as in RedStorm.
    attr_reader :cluster

    # Describes the topology and hands it over to whoever started this process. What follows is on_submit.
    def start(env)
      submission = Submission.of(self.class, env)
      @cluster = Launch.submit(submission)
      @cluster = nil unless env == :local
      block = self.class.submit_block
      instance_exec(env, &block) if block
    end

    def log = self.class.log
  end
end
