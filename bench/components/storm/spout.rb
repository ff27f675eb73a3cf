require "storm"

SENTENCES = File.read(File.join(__dir__, "..", "sentences.txt")).split("\n")

class SentenceSpout < Storm::Spout
  def nextTuple
    @n ||= 0
    emit([SENTENCES[@n % SENTENCES.size]], :id => @n)
    @n += 1
  end
end

SentenceSpout.new.run
