# frozen_string_literal: true

require "test_helper"

# Which library, which gems, which command line.
class BootTest < Minitest::Test
  include TopologySource

  LIB = File.expand_path("../lib", __dir__)
  TOPOLOGY = <<~RUBY
    class S < Gstorm::Spout; output_fields :a; on_send { }; end
    class T < Gstorm::Topology; spout S; end
  RUBY

  def test_an_installed_gem_of_the_same_version_wins
    install_gstorm(Gstorm::VERSION) { |lib| File.write("#{lib}/gstorm/version.rb", "puts 'installed'\n", mode: "a") }
    described = describe("require 'gstorm'\nputs $LOADED_FEATURES.grep(/gstorm.bolt.rb/)\n#{TOPOLOGY}", env: gem_home)

    assert_equal "t", described.topology["name"], described.stderr
    assert_equal "installed\n#{gem_home["GEM_HOME"]}/gems/gstorm-#{Gstorm::VERSION}/lib/gstorm/bolt.rb\n", described.stderr
  end

  def test_an_installed_gem_of_another_version_is_an_error
    install_gstorm("9.9.9")

    assert_equal "error: the installed gem gstorm 9.9.9 doesn't fit gstorm #{Gstorm::VERSION}: " \
                 "gem install gstorm -v #{Gstorm::VERSION}, or gem uninstall gstorm", problem(TOPOLOGY, env: gem_home)
    task(TOPOLOGY, "s", env: gem_home) do |host|
      assert_match(/9.9.9/, host.read["msg"])
      assert_equal 1, host.status.exitstatus
    end
  end

  def test_another_gem_of_the_same_name_is_none_of_our_business
    install("gstorm", "9.9.9", "lib/gstorm.rb" => "raise 'the wrong one'")

    assert_equal "t", describe("require 'gstorm'\n#{TOPOLOGY}", env: gem_home).topology["name"]
  end

  def test_the_library_comes_before_files_of_the_same_name
    write("lib/red_storm.rb", "raise 'the wrong one'")
    write("gstorm.rb", "raise 'the wrong one'")

    assert_equal "t", describe("require 'red_storm'\nrequire 'gstorm'\n#{TOPOLOGY}").topology["name"]
  end

  def test_rubygems_is_loaded_when_something_needs_it
    install("needed", "1.2.3", "lib/needed.rb" => "module Needed; end", "lib/needed/part.rb" => "require 'json'")
    uses = { "nothing" => "nil", "require" => "require 'needed/part'; Needed rescue require('needed')", "gem" => "gem 'needed', '~> 1.0'",
             "constant" => "Gem::Version.new('1')", "failure" => "begin; require 'there_is_no_such_gem'; rescue LoadError; end" }
    uses.each do |name, code|
      described = describe("#{code}\nputs $LOADED_FEATURES.grep(%r{/rubygems.rb}).size\nrequire 'set'\n#{TOPOLOGY}", env: gem_home)

      assert_equal "t", described.topology && described.topology["name"], described.stderr
      assert_equal name == "nothing" ? "0\n" : "1\n", described.stderr, name
    end
  end

  def test_a_gemfile_is_followed
    write("local/mine.gemspec", "Gem::Specification.new { |s| s.name = 'mine'; s.version = '1'; s.summary = s.author = 'x'; s.files = [] }")
    write("local/lib/mine.rb", "puts 'mine'")
    write("Gemfile", "gem 'mine', path: 'local'")
    described = describe("require 'mine'\n#{TOPOLOGY}")

    assert_equal "t", described.topology && described.topology["name"], described.problems.inspect
    assert_empty described.topology["problems"]
    assert_equal "mine\n", described.stderr
    assert_match(/\Atopology.rb:1: error: the gem or library mine is missing.*add mine to the Gemfile and run: bundle install/,
                 problem("require 'mine'\n#{TOPOLOGY}", env: { "GSTORM_BUNDLER" => "0" }))
  end

  def test_a_gemfile_that_cannot_be_used_is_a_warning
    { "gem 'there_is_no_such_gem', '1.0'" => /\Athe Gemfile can't be used: .*there_is_no_such_gem/,
      "gem 'x" => /\Athe Gemfile can't be used: / }.each do |gemfile, warning|
      write("Gemfile", gemfile)
      described = describe("require 'json'\n#{TOPOLOGY}")

      assert_equal "t", described.topology["name"]
      assert_match warning, described.warnings.first
      assert_equal "", described.stderr
    end
  end

  def test_the_gemfile_beside_the_file_comes_before_that_of_the_working_directory
    write("Gemfile", "gem 'there_is_no_such_gem', '1.0'")
    write("app/Gemfile", "")
    described = describe_file(write("app/topology.rb", TOPOLOGY))
    assert_empty described.topology["problems"]

    write("app/Gemfile", "gem 'nor_this', '1.0'")
    described = describe_file(write("app/topology.rb", TOPOLOGY))
    assert_equal({ "file" => "app/Gemfile", "line" => 1 }, described.topology["problems"].first["at"])
    described = describe_file(write("app/topology.rb", TOPOLOGY), env: { "BUNDLE_GEMFILE" => write("other/Gemfile", "") })
    assert_empty described.topology["problems"]
  end

  def test_gems_in_vendor_bundle_are_found
    install("needed", "1.2.3", { "lib/needed.rb" => "puts 'needed'" }, "app/vendor/bundle/ruby/#{RUBY_VERSION[/\d+\.\d+/]}.0")
    install("elsewhere", "1.0", "lib/elsewhere.rb" => "")
    source = "require 'needed'\nrequire 'elsewhere'\n#{TOPOLOGY}"
    { "no Gemfile" => nil, "a Gemfile" => "gem 'needed'\ngem 'elsewhere'" }.each do |name, gemfile|
      write("app/Gemfile", gemfile) if gemfile
      [gem_home, gem_home.merge("RUBYOPT" => "-rrubygems")].each do |env|
        described = describe_file(write("app/topology.rb", source), env: env)

        assert_equal "t", described.topology && described.topology["name"], "#{name}: #{described.problems.inspect}"
        assert_empty described.topology["problems"], name
        assert_equal "needed\n", described.stderr, name
      end
    end
  end

  def test_a_wrong_command_line
    [%w[], %w[fly x.rb], %w[describe], %w[task x.rb], %w[describe x.rb --colour red]].each do |arguments|
      _, status = Open3.capture2e(RbConfig.ruby, "--disable-gems", Describing::BOOT, *arguments, stdin_data: "")

      assert_equal 2, status.exitstatus, arguments.inspect
    end
  end

  private

  def gem_home = { "GEM_HOME" => File.join(@dir, "gems_home") }

  def install_gstorm(version)
    lib = File.join(gem_home["GEM_HOME"], "gems", "gstorm-#{version}", "lib")
    FileUtils.mkdir_p(File.dirname(lib))
    FileUtils.cp_r(LIB, lib)
    install("gstorm", version, {})
    yield lib if block_given?
  end

  def install(name, version, files, home = "gems_home")
    files.each { |path, text| write("#{home}/gems/#{name}-#{version}/#{path}", text) }
    write("#{home}/specifications/#{name}-#{version}.gemspec", <<~RUBY)
      Gem::Specification.new { |s| s.name = "#{name}"; s.version = "#{version}"; s.summary = s.author = "x"; s.files = []; s.require_paths = ["lib"] }
    RUBY
  end
end
