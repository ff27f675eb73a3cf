# What can be counted in a run: several streams, tuples that several tasks get, tuples that are acked, fail, are lost with a
# process that dies, and are never answered. Then it rests, and has no end. Each task of Numbers emits as many as the first argument says.
require "gstorm"

class Numbers < Gstorm::Spout
  output_fields :n, odd: [:n]
  on_init { @n = 0 }

  on_send(emit: false) do
    next if @n == Integer(ARGV[0])

    @n += 1
    emit @n, id: @n
    emit @n, id: -@n, stream: :odd if @n.odd?
    emit @n if (@n % 10).zero? # of which nobody wants to know what becomes
  end
end

class Pass < Gstorm::Bolt
  output_fields :n, seventh: [:n]

  on_receive(emit: false, ack: false) do |t|
    exit!(1) if t.n == 100 && t.stream == "default"
    raise "#{t.n} is no good" if (t.n % 11).zero?
    next if t.n == 151 # it is forgotten: no process dies any more when the last one comes

    emit t.n
    emit t.n, stream: :seventh if (t.n % 7).zero?
    (t.n % 13).zero? ? fail(t) : ack(t)
  end
end

class Sink < Gstorm::Bolt
  on_receive(emit: false) { |t| raise "bad luck" if t.n == 13 }
end

class Figures < Gstorm::Topology
  spout(Numbers, parallelism: 2)
  bolt(Pass, parallelism: 3) do
    from Numbers
    from Numbers, stream: :odd, fields: :n
  end
  bolt(Sink, parallelism: 2) do
    from Pass, fields: :n
    from Pass, stream: :seventh, grouping: :all
  end
  configure do
    max_spout_pending 20
    message_timeout_secs 3
    set "topology.workers", 2
  end
end
