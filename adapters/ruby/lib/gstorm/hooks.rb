# frozen_string_literal: true

module Gstorm
  # Declares class-level hooks that can be written in three ways: on_init { ... }, on_init :some_method, def on_init.
  module Hooks
    # hook :on_ack, :id makes the class statement on_ack, whose block or method gets up to that many arguments, and an
    # empty instance method to fall back on.
    def hook(name, *parameters)
      define_singleton_method(name) { |method_name = nil, &block| implement(name, parameters.size, method_name, &block) }
      define_method(name) { |*| nil }
      private name
    end

    private

    # Blocks become methods, so that return, instance variables and private methods work in them. They may take fewer
    # parameters than there are arguments: RedStorm ran them with instance_exec before it made them methods.
    def implement(name, arguments, method_name = nil, &block)
      if block
        define_block(name, arguments, block)
      elsif method_name && method_name.to_sym != name
        define_method(name) { |*args| __send__(method_name, *args.first(Hooks.arguments(method(method_name), args.size))) }
      end
    end

    def define_block(name, arguments, block)
      return define_method(name, &block) if Hooks.arguments(block, arguments) == arguments && Hooks.required(block) <= arguments

      body = :"#{name} as written"
      taken = Hooks.arguments(block, arguments)
      required = Hooks.required(block)
      define_method(body, &block)
      define_method(name) { |*args| __send__(body, *args.first(taken).fill(nil, taken...[taken, required].max)) }
    end

    # How many of the given number of arguments a block or method takes.
    def self.arguments(callable, given)
      parameters = callable.parameters.map(&:first)
      parameters.include?(:rest) ? given : [parameters.count { |kind| %i[req opt].include?(kind) }, given].min
    end

    # How many it can't do without once it is a method.
    def self.required(callable)
      callable.arity.negative? ? ~callable.arity : callable.arity
    end
  end
end
