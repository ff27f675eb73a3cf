# frozen_string_literal: true

require_relative "lazy_gems"

module Gstorm
  module Boot
    # The Gemfile of the working directory.
    module Bundle
      class << self
        # Sets the load path up as the Gemfile says. Returns what to warn of: a Gemfile that can't be used is no reason
        # not to try without, since old projects have one for their tools. GSTORM_BUNDLER=0 leaves it alone.
        def setup
          return nil if ENV["GSTORM_BUNDLER"] == "0" || !(ENV["BUNDLE_GEMFILE"] || File.file?("Gemfile"))

          LazyGems.load
          require "bundler"
          Bundler.ui = Bundler::UI::Silent.new
          Bundler.setup
          nil
        rescue LoadError
          "there is a Gemfile, but no bundler to read it with"
        rescue StandardError, SyntaxError => e
          "the Gemfile can't be used: #{brief(e.message)}"
        end

        private

        # Bundler lists every missing gem once per platform.
        def brief(message)
          gems = message[/\ACould not find (.+) in /, 1]&.split(", ")&.uniq or return message.lines.first&.strip
          "#{gems.first(3).join(", ")}#{" and #{gems.size - 3} more" if gems.size > 3} not installed"
        end
      end
    end
  end
end
