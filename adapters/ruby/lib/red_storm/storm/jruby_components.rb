# frozen_string_literal: true

require "gstorm/component_class"
require "gstorm/native_class"
require "gstorm/outputs"
require "gstorm/shell_component"

module RedStorm
  module Storm
    # A Ruby class as a component of TopologyBuilder: JRubyBolt.new(base_class_path, "Module::Class", fields).
    class JRubyComponent
      def initialize(_base_class_path, class_name, fields = [])
        @class_name = class_name
        @fields = fields
      end

      def component_class(_args)
        clazz = Object.const_get(@class_name)
        return clazz.component_class(nil) if clazz.respond_to?(:component_class)

        Gstorm::NativeClass.new(clazz, nil, fields: @fields)
      end

      def to_s = @class_name
    end

    JRubySpout = Class.new(JRubyComponent)
    JRubyBolt = Class.new(JRubyComponent)

    # A command that speaks the multilang protocol, in both of RedStorm's ways:
    # bolt JRubyShellBolt, ["python", "split.py"] and JRubyShellBolt.new(["python", "split.py"], ["word"]).
    class JRubyShellComponent
      def self.component_class(args) = new(args).component_class(nil)

      def initialize(command, fields = [])
        @command = Array(command)
        @fields = fields
      end

      def component_class(_args)
        Gstorm::ShellComponent.new(self.class.name.split("::").last, @command, fields: @fields)
      end
    end

    class JRubyShellSpout < JRubyShellComponent; end
    class JRubyShellBolt < JRubyShellComponent; end
  end
end
