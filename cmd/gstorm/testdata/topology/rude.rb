# A bolt that does to its host what bolts do. Each line of RUDENESS is one tuple; what can't be carried fails, once.
require "gstorm"

RUDENESS = %w[print partial warn spawn stderr big nan nested utf8 arity stream end unicode raise last]

puts "printed while the file is loaded"

class Source < Gstorm::ReliableSpout
  output_fields :what
  max_fails 0
  on_init { @left = RUDENESS.dup }
  on_send { @left.shift or finish }
end

class Rude < Gstorm::Bolt
  output_fields :what, :value

  on_init { puts "printed in on_init" }

  on_receive do |t|
    value = send(:"do_#{t.what}")
    emit t.what, value unless value == :nothing
  end

  def do_print = print("printed in a handler\n") || 1
  def do_partial = $stdout.write("{\"command\":") && $stdout.flush && 1
  def do_warn = warn("warned in a handler") || 1
  def do_spawn = system("yes chatty | head -n 2000; yes chatty | head -n 10 >&2") && 1
  def do_stderr = 12_500.times { $stderr.write("y" * 79 + "\n") } && 1
  def do_big = "b" * 5_000_000
  def do_nan = Float::NAN
  def do_nested = { "list" => [1, { "deep" => Float::INFINITY }] }
  def do_utf8 = "caf\xe9"
  def do_arity = emit("one too few") || :nothing
  def do_stream = emit("x", stream: :nowhere) || :nothing
  def do_end = "before\nend\nafter"
  def do_unicode = "é😀\u2028 \u0000"
  def do_raise = raise("on purpose")
  def do_last = 18_446_744_073_709_551_616
end

class Sink < Gstorm::Bolt
  on_receive(emit: false) { |t| puts "got #{t.what} #{t.value.is_a?(String) && t.value.size > 100 ? t.value.size : t.value.inspect}" }
end

class RudeTopology < Gstorm::Topology
  spout Source
  bolt(Rude) { from Source }
  bolt(Sink) { from Rude }
end
