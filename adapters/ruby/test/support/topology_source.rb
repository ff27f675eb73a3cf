# frozen_string_literal: true

require "fileutils"
require "tmpdir"

# For tests whose subject is a process: writes a topology's source into a folder of its own and starts processes of it.
module TopologySource
  def setup
    super
    @dir = File.realpath(Dir.mktmpdir)
  end

  def teardown
    FileUtils.remove_entry(@dir)
    super
  end

  # Writes a file into the folder and returns its path.
  def write(name, source)
    path = File.join(@dir, name)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, source)
    path
  end

  # Plays the host to one task of the source.
  def task(source, component, **options, &block)
    Host.run(write("topology.rb", source), component, dir: @dir, **options, &block)
  end

  # Describes the source and returns its Describing.
  def describe(source, *arguments, **options)
    describe_file(write("topology.rb", source), *arguments, **options)
  end

  def describe_file(path, *arguments, **options)
    Describing.new(path.delete_prefix("#{@dir}/"), *arguments, dir: @dir, **options).tap(&:start)
  end

  # The only problem of a source that can't be described, in one line.
  def problem(source, *arguments, **options)
    described = describe(source, *arguments, **options)
    assert_equal 2, described.status, described.stderr
    assert_equal 1, described.problems.size, described.problems.inspect
    text(described.problems.first)
  end

  def text(problem)
    at = problem["at"]&.values&.join(":")
    [at, problem["severity"], problem["message"], problem["hint"]].compact.join(": ")
  end
end
