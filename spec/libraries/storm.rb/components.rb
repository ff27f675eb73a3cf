# What `gstorm conform` asks for, on storm.rb: components.rb echo|count.
require "./storm"

class Echo < Storm::Bolt
  def process(tuple)
    emit([tuple.values[0]], anchor: tuple) unless tuple.stream == "__tick"
    ack(tuple)
  end
end

class Count < Storm::Spout
  def open(_conf, _context)
    @waiting = [1, 2, 3]
  end

  def nextTuple
    n = @waiting.shift
    emit([n], id: n) if n
  end

  def fail(id)
    @waiting << id
  end
end

{ "echo" => Echo, "count" => Count }.fetch(ARGV[0]).new.run
