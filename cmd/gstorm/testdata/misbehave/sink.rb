# A bolt that notes every number that arrives. Negative ones are what a flood is made of.
require_relative "wire"

greet("sink")
loop do
  message = read
  next say(command: "sync") if message["stream"] == "__heartbeat"
  number = message["tuple"][0]
  note("arrived", number) unless number.negative?
  say(command: "ack", id: message["id"])
end
