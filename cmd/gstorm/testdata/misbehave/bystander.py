"""A bolt that has nothing to do with what goes wrong."""
import wire

wire.greet("bystander")
while True:
    message = wire.read()
    if message["stream"] == "__heartbeat":
        wire.say(command="sync")
        continue
    wire.note("bystander", message["tuple"][0])
    wire.say(command="ack", id=message["id"])
