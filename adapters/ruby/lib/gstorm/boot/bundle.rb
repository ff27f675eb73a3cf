# frozen_string_literal: true

require_relative "lazy_gems"

module Gstorm
  module Boot
    # The Gemfile that counts, and the gems that are kept beside it: those of BUNDLE_GEMFILE, of the topology's folder, or of
    # the working directory.
    module Bundle
      class << self
        # Sets the load path up for a topology's file. Returns what to warn of, and the Gemfile: one that can't be used is no
        # reason not to try without, since old projects have one for their tools. GSTORM_BUNDLER=0 leaves all alone.
        def setup(file)
          return if ENV["GSTORM_BUNDLER"] == "0"

          folders = [File.dirname(file), "."].map { |folder| File.expand_path(folder) }
          gemfile = ENV["BUNDLE_GEMFILE"] || folders.map { |folder| "#{folder}/Gemfile" }.find { |path| File.file?(path) }
          add_vendored([*(gemfile && File.dirname(gemfile)), *folders])
          message = gemfile && follow(gemfile)
          [message, gemfile] if message
        end

        private

        # Where bundle install has put gems, by its usual path, they are found even if it left no note of that (as in Docker's
        # image of Ruby, or where its settings were in the environment), and without a Gemfile. The others are found too: an
        # empty last entry of GEM_PATH stands for the usual ones.
        def add_vendored(folders)
          abi = "#{RUBY_VERSION[/\A\d+\.\d+/]}.0"
          gems = folders.map { |folder| "#{folder}/vendor/bundle/ruby/#{abi}" }.find { |path| File.directory?(path) } or return
          ENV["GEM_PATH"] = [gems, ENV["GEM_PATH"]].join(File::PATH_SEPARATOR)
          Gem.clear_paths unless Object.autoload?(:Gem)
        end

        def follow(gemfile)
          ENV["BUNDLE_GEMFILE"] = gemfile
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

        # Bundler lists every missing gem once per platform.
        def brief(message)
          gems = message[/\ACould not find (.+) in /, 1]&.split(", ")&.uniq or return message.lines.first&.strip
          "#{gems.first(3).join(", ")}#{" and #{gems.size - 3} more" if gems.size > 3} not installed"
        end
      end
    end
  end
end
