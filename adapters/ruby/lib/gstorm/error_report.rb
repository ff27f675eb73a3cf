# frozen_string_literal: true

require "gstorm/errors"
require "gstorm/position"

module Gstorm
  # An exception as the protocol's error message.
  module ErrorReport
    module_function

    # at: whether the host knows the fields of error_at.
    def message(error, tuple, at:)
      report = { "command" => "error", "msg" => text(error) }
      return report unless at

      position = Position.of_error(error)
      report["class"] = error.class.name || "Exception"
      report.update("file" => position.file, "line" => position.line) if position
      report["id"] = tuple.host_id if tuple
      report
    end

    # The exception with its causes and the user's part of its backtrace, as valid UTF-8 whatever was in it.
    def text(error)
      own = error.backtrace&.reject { |frame| frame.start_with?(Position::LIBRARY) }
      return error.message if error.is_a?(Error) && (own.nil? || own.empty?)

      error = error.clone.tap { |copy| copy.set_backtrace(own) } unless own.nil? || own.empty?
      error.full_message(highlight: false, order: :top).dup.force_encoding(Encoding::UTF_8).scrub
    rescue StandardError
      "#{error.class}: #{error.backtrace&.join("\n")}"
    end
  end
end
