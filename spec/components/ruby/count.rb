# frozen_string_literal: true

# The spout that `gstorm conform` asks for, in plain Ruby: it emits 1, 2 and 3, and again what failed.
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

waiting = [1, 2, 3]
loop do
  command = read
  case command["command"]
  when "next"
    n = waiting.shift
    say(command: "emit", id: n, tuple: [n], need_task_ids: false) if n
  when "fail"
    waiting << command["id"]
  end
  say(command: "sync")
end
