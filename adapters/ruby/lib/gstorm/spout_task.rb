# frozen_string_literal: true

require "gstorm/task"

module Gstorm
  # A spout at work. It calls gstorm_open with what gstorm_collector has made, gstorm_activate, gstorm_next,
  # gstorm_ack(id), gstorm_fail(id), gstorm_deactivate and gstorm_close, and asks gstorm_finished? after each command.
  class SpoutTask < Task
    private

    def handle(message)
      guard { command(message) }
      @session.finished if @component.gstorm_finished?
      @session.sync
    end

    def command(message)
      case message["command"]
      when "next" then next_tuple
      when "ack" then @collector.settle(message["id"]) { |id| @component.gstorm_ack(id) }
      when "fail" then @collector.settle(message["id"]) { |id| @component.gstorm_fail(id) }
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
