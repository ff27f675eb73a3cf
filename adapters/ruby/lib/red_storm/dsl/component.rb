# frozen_string_literal: true

require "gstorm/component_class"
require "gstorm/configurator"
require "gstorm/declared_class"
require "gstorm/hooks"
require "gstorm/logger"
require "gstorm/outputs"

module RedStorm
  module DSL
    # What RedStorm's spouts and bolts have in common. Unlike Gstorm's, their classes hand down methods only: fields,
    # options and configuration are those of the very class.
    module Component
      def self.included(base)
        base.extend(ClassMethods)
        base.extend(Gstorm::Hooks)
        base.hook :on_init
        base.hook :on_close
      end

      # The statements of a component class.
      module ClassMethods
        # output_fields :a, :b; and since 0.8: output_fields :a, :errors => [:message]
        def output_fields(*fields)
          @outputs = Gstorm::Outputs.parse(*fields)
        end

        def configure(&block)
          @configure_block = block
        end

        def log = @log ||= Gstorm::Logger.new(name)
        def fields = outputs.fields
        def outputs = @outputs ||= Gstorm::Outputs.new

        def component_config
          configurator = Gstorm::Configurator.new
          configurator.instance_exec(&@configure_block) if @configure_block
          configurator.config
        end

        def component_class(args) = Gstorm::DeclaredClass.new(self, args)

        private

        # RedStorm never gave arguments to Ruby components; here they get them if they take any.
        def instance(args)
          args = [args] if args.is_a?(Hash)
          arity = instance_method(:initialize).arity
          takes = arity.negative? ? Array(args).size >= ~arity : Array(args).size == arity
          takes ? new(*args) : new
        end
      end

      attr_reader :config, :context, :collector

      def log = self.class.log
    end
  end
end
