# frozen_string_literal: true

autoload :Pathname, "pathname" # RedStorm required it, and topologies came to rely on that

# Where RedStorm's programs find things, as far as there is such a thing here.
module RedStorm
  CWD = Dir.pwd
  BASE_PATH = CWD
  REDSTORM_HOME = File.expand_path("../..", __dir__)
  REDSTORM_LIB_DIR = File.join(REDSTORM_HOME, "lib")
  TARGET_DIR = File.join(CWD, "target")
  TARGET_LIB_DIR = File.join(TARGET_DIR, "lib")

  module_function

  def current_ruby_mode = RUBY_VERSION[/\A\d+\.\d+/]
  def java_runtime_version = "none"
end
