# frozen_string_literal: true

module Gstorm
  module Boot
    # Ruby starts several times faster without RubyGems, so gstorm starts it with --disable-gems. Here RubyGems is loaded
    # as soon as something needs it: a require that the load path can't satisfy, the method gem, or the constant Gem.
    module LazyGems
      # Kernel's methods until then.
      module Hooks
        private

        def require(path) = LazyGems.require(path)

        def gem(...)
          LazyGems.load
          gem(...)
        end
      end

      class << self
        def install
          return if defined?(::Gem)

          @plain = Kernel.instance_method(:require)
          Object.autoload(:Gem, "rubygems")
          Hooks.private_instance_methods(false).each { |name| Kernel.define_method(name, Hooks.instance_method(name)) }
          Kernel.send(:private, :require, :gem)
        end

        def require(path)
          plain_require(path)
        rescue ::LoadError => e
          raise if loaded? || e.path != path.to_s

          load
          TOPLEVEL_BINDING.receiver.send(:require, path)
        end

        # Loads RubyGems over Ruby's own require, which it is going to wrap itself.
        def load
          return if loaded?

          Kernel.define_method(:require, @plain)
          Kernel.send(:private, :require)
          Kernel.send(:remove_method, :gem)
          plain_require("rubygems")
        end

        private

        def plain_require(path) = @plain.bind_call(TOPLEVEL_BINDING.receiver, path)
        def loaded? = !Object.autoload?(:Gem)
      end
    end
  end
end
