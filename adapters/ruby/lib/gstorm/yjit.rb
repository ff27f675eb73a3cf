# frozen_string_literal: true

module Gstorm
  # Ruby's just-in-time compiler, which a process can turn on by itself from Ruby 3.3 on. An older Ruby has to be started
  # with it: gstorm does that where the configuration says always.
  module Yjit
    KEY = "gstorm.ruby.yjit"

    class << self
      # Turns it on as a component's configuration has it: always, never, or auto (unless set), which leaves it alone where
      # the environment says anything about it.
      def start(config, env = ENV, compiler = default)
        return unless compiler.respond_to?(:enable) && !compiler.enabled?

        mode = config[KEY] || "auto"
        compiler.enable if mode == "always" || mode == "auto" && !decided?(env)
      end

      private

      def default = defined?(RubyVM::YJIT) ? RubyVM::YJIT : nil

      def decided?(env) = env.key?("RUBY_YJIT_ENABLE") || env["RUBYOPT"].to_s.match?(/jit/)
    end
  end
end
