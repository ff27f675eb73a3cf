# A spout that emits some 200 tuples a second and leaves when the test's own spout is done and all is acked.
require_relative "wire"

greet("other")
emitted = acked = 0
loop do
  case read["command"]
  when "next"
    if !File.exist?(File.join(DIR, "over"))
      sleep 0.005
      say(command: "emit", id: emitted += 1, tuple: [emitted], need_task_ids: false)
    elsif acked == emitted
      exit
    end
  when "ack" then acked += 1
  end
  say(command: "sync")
end
