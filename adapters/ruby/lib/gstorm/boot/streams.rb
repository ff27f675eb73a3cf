# frozen_string_literal: true

module Gstorm
  module Boot
    # Takes the process's descriptors for the protocol before code of the user can print or read anything. What is taken
    # is closed in programs that the user starts; their output, like the user's own, goes to gstorm as lines to show.
    module Streams
      class << self
        # The protocol's (a task), or the control line's (a describing process; input is nil if nobody answers).
        attr_reader :input, :output

        def take(mode)
          Encoding.default_external = Encoding::UTF_8
          [$stdin, $stdout, $stderr].each { |io| io.set_encoding(Encoding::UTF_8) }
          mode == "task" ? take_protocol : take_control
          $stdin.reopen(File::NULL)
          $stdout.sync = true
          @output.sync = true
        end

        # Whether the description is all that is wanted, on stdout, for people.
        def plain? = @plain

        private

        def take_protocol
          @input = $stdin.dup.binmode
          @output = $stdout.dup.binmode
          prints = descriptor("GSTORM_STDOUT_FD", "w")
          $stdout.reopen(prints || $stderr)
          prints&.close
        end

        def take_control
          @input = descriptor("GSTORM_CONTROL_IN", "r")
          @output = descriptor("GSTORM_CONTROL_OUT", "w")
          @plain = @output.nil?
          @output ||= $stdout.dup
          $stdout.reopen($stderr)
        end

        def descriptor(name, mode)
          number = ENV.delete(name) or return
          IO.for_fd(Integer(number), mode).tap { |io| io.close_on_exec = true }
        rescue SystemCallError, ArgumentError
          nil
        end
      end
    end
  end
end
