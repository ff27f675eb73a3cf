require 'gstorm'

class Numbers < Gstorm::ReliableSpout
  output_fields :n, :text
  def each_tuple = 50.times { |n| emit n, "<é #{n}>" }
end

class Work < Gstorm::Bolt
  output_fields :n
  on_receive do |t|
    raise ArgumentError, '13 brings bad luck' if t.n == 13 && !File.exist?(ENV.fetch('MENDED'))
    [[t.n]]
  end
end

class Poison < Gstorm::Topology
  spout Numbers
  bolt(Work) { from Numbers }
  configure { set 'gstorm.retry.max', 3 }
end
