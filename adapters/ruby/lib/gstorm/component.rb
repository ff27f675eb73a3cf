# frozen_string_literal: true

require "gstorm/component_class"
require "gstorm/configurator"
require "gstorm/declared_class"
require "gstorm/hooks"
require "gstorm/logger"
require "gstorm/metrics"
require "gstorm/outputs"

module Gstorm
  # What Gstorm::Spout and Gstorm::Bolt have in common. Everything that a class declares is inherited by its subclasses.
  module Component
    def self.included(base)
      base.extend(ClassMethods)
      base.extend(Hooks)
      base.hook :on_init
      base.hook :on_close
    end

    # The statements of a component class.
    module ClassMethods
      # output_fields :word, :n, late: [:word]: the fields of the default stream and of others, by name.
      def output_fields(*args)
        @outputs = own_outputs.merge(Outputs.parse(*args))
      end

      # stream :late, [:word], direct: true
      def stream(name, fields, direct: false)
        own_outputs.declare(name, fields, direct: direct)
      end

      # configure { debug true; set "my.key", 1 }: the component's own configuration.
      def configure(&block)
        @configure_block = block
      end

      def log = @log ||= Logger.new(name)

      def outputs = inherited_from(:outputs, Outputs.new).merge(own_outputs)

      def component_config
        configurator = Configurator.new
        configurator.instance_exec(&@configure_block) if @configure_block
        inherited_from(:component_config, {}).merge(configurator.config)
      end

      def component_class(args) = DeclaredClass.new(self, args)
      def new_component(args) = ComponentClass.instance(self, args)

      # Whether the class says what it does.
      def handles? = method_defined?(required_hook) || private_method_defined?(required_hook)

      private

      def own_outputs = @outputs ||= Outputs.new

      def inherited_from(name, default)
        superclass.respond_to?(name) ? superclass.public_send(name) : default
      end
    end

    # The component's configuration (the topology's with the component's over it), and who it is. Set before on_init.
    attr_reader :config, :context

    def log = self.class.log
    def metric = @metric ||= Metrics.new(@collector)

    # Short: Ruby before 3.4 puts it into the message of every NoMethodError, and a component knows its whole configuration.
    def inspect = "#<#{self.class}>"

    # A single number or value under a name.
    def report_metric(name, value) = metric.gauge(name, value)
  end
end
