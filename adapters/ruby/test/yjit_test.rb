# frozen_string_literal: true

require "test_helper"
require "gstorm/yjit"

# Which configurations turn Ruby's compiler on, where the process itself can do that.
class YjitTest < Minitest::Test
  # RubyVM::YJIT of Ruby 3.3.
  class Compiler
    def initialize(on) = @on = on
    def enabled? = @on
    def enable = @on = true
  end

  def on?(mode, env = {}, on: false)
    compiler = Compiler.new(on)
    Gstorm::Yjit.start(mode ? { "gstorm.ruby.yjit" => mode } : {}, env, compiler)
    compiler.enabled?
  end

  def test_it_is_on_unless_the_configuration_says_never
    assert on?(nil)
    assert on?("auto")
    assert on?("always")
    refute on?("never")
    assert on?("never", on: true), "turned on by somebody else"
  end

  def test_the_environment_decides_where_it_says_anything
    [{ "RUBY_YJIT_ENABLE" => "0" }, { "RUBYOPT" => "-W0 --disable-yjit" }].each do |env|
      refute on?("auto", env), env
      assert on?("always", env), env
    end
    assert on?("auto", { "RUBYOPT" => "-W0" })
  end

  def test_a_ruby_that_cannot_is_left_as_it_is
    Gstorm::Yjit.start({ "gstorm.ruby.yjit" => "always" }, {}, nil)
    Gstorm::Yjit.start({ "gstorm.ruby.yjit" => "always" }, {}, Module.new)
  end
end
