# frozen_string_literal: true

module Gstorm
  # A place in a user's file. The file is relative to the working directory where it lies below it.
  Position = Struct.new(:file, :line) do
    # The place in the user's code that called into this library.
    def self.of_caller
      from_frames(caller_locations(2).map { |frame| [frame.absolute_path || frame.path, frame.lineno] })
    end

    # The place in the user's code that an exception came from, or nil.
    def self.of_error(error)
      frames = (error.backtrace || []).filter_map { |line| line =~ /\A(.+?):(\d+)/ && [$1, $2.to_i] }
      from_frames(frames)
    end

    # Frames of the user's own project are better than those of a gem or of the standard library.
    def self.from_frames(frames)
      foreign = frames.reject { |file, _| file.start_with?(Position::LIBRARY, "<internal:", "(eval") }
      own = foreign.find { |file, _| file.start_with?("#{Dir.pwd}/") && !file.include?("/gems/") }
      file, line = own || foreign.first
      file && at(file, line)
    end
    private_class_method :from_frames

    def self.at(file, line)
      path = File.expand_path(file)
      new(path.delete_prefix("#{Dir.pwd}/"), line)
    end

    def to_s = "#{file}:#{line}"
    def to_h = { "file" => file, "line" => line }
  end

  Position::LIBRARY = "#{File.expand_path("..", __dir__)}/"
end
