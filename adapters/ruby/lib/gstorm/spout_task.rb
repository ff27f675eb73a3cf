# frozen_string_literal: true

require "gstorm/task"

module Gstorm
  # A spout at work. It calls gstorm_open with what gstorm_collector has made, gstorm_activate, gstorm_next,
  # gstorm_ack(id), gstorm_fail(id), gstorm_deactivate and gstorm_close, and asks gstorm_finished? after each command.
  class SpoutTask < Task
    # How long the component is asked again for more tuples. The next acks come only after that.
    PATIENCE = 0.005

    private

    def handle(message)
      finished = message.key?("n") ? take_credit(message) : obey(message)
      @session.finished if finished
      @session.answer
    end

    # Handles a command and returns whether the component has finished.
    def obey(message)
      guard { command(message["command"], message["id"]) }
      @component.gstorm_finished?
    end

    # The same for a next that brings the ends of several tuples and asks for several. After a fail there may be more to
    # emit, whatever was said before.
    def take_credit(message)
      finished = false
      message["acks"]&.each { |id| finished = obey("command" => "ack", "id" => id) || finished }
      message["fails"]&.each { |id| finished = obey("command" => "fail", "id" => id) }
      finished || !message["n"].zero? && send_up_to(message["n"])
    end

    # Lets the component emit until so many tuples are out, it has none, or the time is up.
    def send_up_to(count)
      limit = @collector.emitted + count
      deadline = @session.clock + PATIENCE
      loop do
        before = @collector.emitted
        well = guard { next_tuple }
        return true if @component.gstorm_finished?
        return false if !well || @collector.emitted == before || @collector.emitted >= limit || @session.clock > deadline
      end
    end

    def command(name, id)
      case name
      when "next" then next_tuple
      when "ack" then @collector.settle(id) { |own| @component.gstorm_ack(own) }
      when "fail" then @collector.settle(id) { |own| @component.gstorm_fail(own) }
      when "activate" then activate
      when "deactivate" then deactivate
      end
    end

    # A host that doesn't send activate (Storm before 1.1) just begins.
    def next_tuple
      activate unless @active
      @component.gstorm_next
    end

    def activate
      @active = true
      @component.gstorm_activate
    end

    def deactivate
      @active = false
      @component.gstorm_deactivate
    end
  end
end
