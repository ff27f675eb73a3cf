# frozen_string_literal: true

require_relative "lib/gstorm/version"

Gem::Specification.new do |spec|
  spec.name = "gstorm"
  spec.version = Gstorm::VERSION
  spec.summary = "Storm topologies in Ruby, run by gstorm without a JVM"
  spec.description = "Spouts, bolts and topologies for gstorm, and RedStorm's DSL on plain Ruby. " \
                     "gstorm brings a copy of this library; installed, it is for editors, consoles and tests."
  spec.authors = ["The gstorm authors"]
  spec.homepage = "https://github.com/gstorm/gstorm"
  spec.license = "Apache-2.0"
  spec.required_ruby_version = ">= 3.1"
  spec.files = Dir["lib/**/*.rb", "README.md", base: __dir__]
  spec.require_paths = ["lib"]
  spec.metadata = { "rubygems_mfa_required" => "true" }
end
