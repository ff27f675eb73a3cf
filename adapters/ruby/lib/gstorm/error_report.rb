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

    # The exception with its causes and the user's part of their backtraces, as valid UTF-8 whatever was in it. (Ruby's
    # own full_message shows all frames of a cause, most of which are this library's.)
    def text(error)
      causes(error).map { |cause| one(cause) }.join("\ncaused by ").dup.force_encoding(Encoding::UTF_8).scrub
    rescue StandardError
      "#{error.class}: #{error.backtrace&.join("\n")}"
    end

    def causes(error)
      chain = [error]
      chain << chain.last.cause while chain.last.cause && !chain.include?(chain.last.cause)
      chain
    end

    def one(error)
      frames = user_frames(error)
      return error.message if error.is_a?(Error) && frames.empty?

      first, *lines = error.message.b.split("\n")
      headline = first.to_s.empty? ? error.class.to_s : "#{first} (#{error.class})"
      headline = "#{frames.first}: #{headline}" unless frames.empty?
      [headline, *lines, *frames.drop(1).map { |frame| "\tfrom #{frame}" }].map(&:b).join("\n")
    end

    # The frames outside of this library, relative to the working directory; all of them if there are no others.
    def user_frames(error)
      frames = error.backtrace || []
      own = frames.reject { |frame| frame.start_with?(Position::LIBRARY) }
      own = frames if own.empty? && !error.is_a?(Error)
      own.map { |frame| frame.delete_prefix("#{Dir.pwd}/") }
    end
  end
end
