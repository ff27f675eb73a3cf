# frozen_string_literal: true

# Runs all tests: ruby -Ilib -Itest test/run.rb
require "test_helper"
Dir[File.join(__dir__, "**/*_test.rb")].sort.each { |file| require file }
