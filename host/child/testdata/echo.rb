# A bolt in raw multilang: answers every tuple with an emit of the same values and an ack.
require "json"
$stdout.sync = true

def read_message
  text = +""
  while (line = $stdin.gets)
    return JSON.parse(text) if line.chomp == "end"
    text << line
  end
end

def say(message)
  $stdout.write(JSON.generate(message) + "\nend\n")
end

read_message
say(pid: Process.pid)
while (message = read_message)
  say(command: "emit", anchors: [message["id"]], tuple: message["tuple"])
  say(command: "ack", id: message["id"])
end
