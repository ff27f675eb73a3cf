# frozen_string_literal: true

module Gstorm
  # What a declaration needs to know of whatever stands behind a component: name, implementation, outputs, config,
  # problems(kind), and new_instance for those that run in a Ruby task.
  #
  # Classes of this library, shell commands and built-in components say it themselves (component_class(args)); any other
  # Ruby class is one of Storm's plain components, recognised by its methods.
  module ComponentClass
    module_function

    def of(clazz, args)
      return clazz.component_class(args) if clazz.respond_to?(:component_class)

      require "gstorm/native_class"
      NativeClass.new(clazz, args)
    end

    # A new object of the class. args: an Array of positional arguments, a Hash of keyword arguments, or one value.
    def instance(clazz, args)
      case args
      when nil then clazz.new
      when Hash then clazz.new(**args.transform_keys(&:to_sym))
      else clazz.new(*args)
      end
    end
  end
end
