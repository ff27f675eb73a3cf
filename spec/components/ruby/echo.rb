# frozen_string_literal: true

# The bolt that `gstorm conform` asks for, in plain Ruby: it emits the first value of each tuple, anchored, and acks it.
require "json"

INPUT = $stdin.dup.binmode
OUTPUT = $stdout.dup.binmode

def read
  lines = []
  while (line = INPUT.gets("\n"))
    return JSON.parse(lines.join.force_encoding(Encoding::UTF_8)) if line.chomp == "end"

    lines << line
  end
  exit
end

def say(message)
  OUTPUT.write("#{JSON.generate(message)}\nend\n")
  OUTPUT.flush
end

handshake = read
say(pid: Process.pid)
File.write(File.join(handshake.fetch("pidDir"), Process.pid.to_s), "")

loop do
  tuple = read
  if tuple["stream"] == "__heartbeat"
    say(command: "sync")
  elsif tuple["stream"] != "__tick"
    say(command: "emit", tuple: tuple["tuple"].take(1), anchors: [tuple["id"]], need_task_ids: false)
    say(command: "ack", id: tuple["id"])
  end
end
