# frozen_string_literal: true

require "json"

module Gstorm
  # The describing process's line to gstorm: JSON objects, one a line, in both directions.
  class Control
    # output may be all there is: then nobody answers.
    def initialize(input, output)
      @output = output
      @lock = Mutex.new
      @calling = Mutex.new
      @events = Queue.new
      @replies = Queue.new
      @last = 0
      Thread.new { listen(input) }.name = "gstorm control" if input
    end

    def send(message)
      @lock.synchronize { @output.write("#{JSON.generate(message)}\n") }
    end

    # Waits for the next event from gstorm.
    def event = @events.pop

    # Asks gstorm to do something and waits until it is done. Raises an Error with gstorm's words if it can't be.
    def call(name, arguments = {})
      @calling.synchronize do
        send({ "call" => name, "id" => @last += 1 }.merge(arguments))
        error = @replies.pop["error"]
        raise Error, error if error
      end
    end

    private

    # Without gstorm there is nothing left to do here.
    def listen(input)
      while (line = input.gets)
        message = JSON.parse(line)
        (message.key?("reply") ? @replies : @events) << message
      end
      exit!(0)
    rescue IOError
      exit!(0)
    end
  end
end
