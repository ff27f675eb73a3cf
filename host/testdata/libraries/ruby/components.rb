# Components on storm.rb, one for each role of the tests: components.rb ROLE.
require "./storm"

# True for the first of all tasks and lives that asks with this name.
def once(name)
  File.open("once-#{name}", File::CREAT | File::EXCL | File::WRONLY).close
  true
rescue Errno::EEXIST
  false
end

class Lines < Storm::Spout
  def open(conf, _context)
    @todo = conf["test.lines"].each_with_index.to_a
    @pending = {}
    nextTuple # the first line is emitted before anybody asks
  end

  def nextTuple
    return if @todo.empty?

    line, number = @todo.shift
    @pending[number] = line
    tasks = emit([line], id: number)
    log "line #{number} went to #{tasks.size} task"
  end

  def ack(id)
    @pending.delete(id)
    log "line #{id} acked"
  end

  def fail(id)
    log "line #{id} failed"
    @todo << [@pending.delete(id), id]
  end
end

class Split < Storm::Bolt
  def process(tuple)
    line = tuple.values[0]
    return fail(tuple) if line.start_with?("unlucky") && once("fail")

    line.split.each { |word| emit([word], anchor: tuple) }
    ack(tuple)
  end
end

# As in Storm's first examples: it neither acks nor anchors.
class Silent < Storm::Bolt
  def process(tuple)
    line = tuple.values[0]
    exit!(0) if line.start_with?("unlucky") && once("silent")
    line.split.each { |word| emit([word]) }
  end
end

class Count < Storm::Bolt
  def prepare(_conf, _context)
    @counts = Hash.new(0)
  end

  def process(tuple)
    word = tuple.values[0]
    emit([word, @counts[word] += 1], anchor: tuple)
    ack(tuple)
  end
end

class Follow < Storm::Bolt
  def process(tup)
    value = tup.values[0]
    exit!(1) if value.start_with?("unlucky") && once(value.tr(" ", "-"))
    3.times do |part|
      task, = emit([value, part], anchor: tup)
      emit([value, part], anchor: tup, stream: "direct", direct_task: task)
    end
    ack(tup)
  end
end

class Obey < Storm::Bolt
  def process(tuple)
    if tuple.stream == "__tick"
      emit([tuple.component], stream: "ticks", anchor: tuple)
    else
      order, value = tuple.values
      send("do_#{order}", tuple, value)
    end
    ack(tuple)
  end

  def do_echo(tuple, value) = emit([value], anchor: tuple)

  def do_tasks(tuple, value)
    emit([emit([value], anchor: tuple)], stream: "tasks", anchor: tuple)
  end

  def do_direct(tuple, value) = emit(["direct"], stream: "direct", direct_task: value, anchor: tuple)
  def do_warn(_tuple, value) = logWarn(value)
  def do_error(_tuple, value) = reportError(value)
  def do_metrics(_tuple, value) = send_msg_to_parent(command: "metrics", name: "orders", params: value)
  def do_print(_tuple, value) = puts(value)
  def do_throw(_tuple, value) = (raise value if once("throw"))
  def do_leave(_tuple, _value) = (exit!(0) if once("leave"))
end

class Faulty < Storm::Spout
  def open(_conf, _context)
    @second_life = !once("faulty")
    @emitted = false
  end

  def nextTuple
    if !@emitted
      @emitted = true
      emit([@second_life ? "second life" : "first life"], id: "only")
    elsif @second_life
      exit!(0) # storm.rb would rescue SystemExit and report it
    else
      raise "end of the first life"
    end
  end
end

Object.const_get(ARGV[0].capitalize).new.run
