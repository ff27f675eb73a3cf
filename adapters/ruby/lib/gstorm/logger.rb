# frozen_string_literal: true

module Gstorm
  # The log of a component: lines that gstorm shows with the component's name. All methods return nil, so that a handler
  # that ends with one of them returns nothing.
  class Logger
    LEVELS = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 4 }.freeze

    class << self
      # Responds to call(level, message). The default is stderr, which is where it belongs while a file is described.
      attr_writer :sink

      # From which level on lines are made, by name; "": all of them, as it is until gstorm says something else.
      def level=(name)
        @least = LEVELS.fetch(name.to_sym, 0)
      end

      def least = @least || 0

      def sink
        @sink ||= ->(level, message) { $stderr.puts "#{LEVELS.key(level).to_s.upcase} #{message}" }
      end
    end

    attr_reader :name

    def initialize(name)
      @name = name
    end

    # log.info "text", log.info(error), log.info { "text that is only made if it is used" }
    LEVELS.each do |name, level|
      define_method(name) do |message = nil, error = nil, &block|
        return if level < Logger.least

        message = block.call if message.nil? && block
        Logger.sink.call(level, [message, error].compact.map { |part| text(part) }.join(": "))
        nil
      end
      define_method(:"#{name}?") { level >= Logger.least }
      alias_method(:"is_#{name}_enabled", :"#{name}?")
      alias_method(:"is#{name.capitalize}Enabled", :"#{name}?")
    end

    alias warning warn

    private

    def text(part)
      string = part.is_a?(Exception) ? part.full_message(highlight: false) : part.to_s
      string = string.dup.force_encoding(Encoding::UTF_8) if string.encoding == Encoding::BINARY
      string.scrub.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)
    end
  end
end
