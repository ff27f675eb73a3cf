# frozen_string_literal: true

module Gstorm
  module Boot
    # Which copy of this library is used: the one that gstorm brings, or an installed gem of the same version, which wins.
    # Looks at the gem directories itself, since that takes RubyGems far longer.
    module Library
      EMBEDDED = File.expand_path("../..", __dir__)

      # An installed gem gstorm of another version.
      class Mismatch < StandardError; end

      class << self
        # Puts the copy at the head of the load path. Raises Mismatch.
        def select
          $LOAD_PATH.unshift(directory)
        end

        private

        def directory
          gems = installed
          return EMBEDDED if gems.empty?

          gems.fetch(embedded_version) do
            raise Mismatch, "the installed gem gstorm #{gems.keys.max} doesn't fit gstorm #{embedded_version}"
          end
        end

        # Read, not loaded: the other copy is going to define it.
        def embedded_version
          File.read("#{EMBEDDED}/gstorm/version.rb")[/VERSION = "(.+)"/, 1]
        end

        # {version => its lib}. Another gem of that name, which isn't this library, has no boot.rb.
        def installed
          directories.each_with_object({}) do |dir, found|
            Dir.glob("#{dir}/specifications/gstorm-*.gemspec").each do |spec|
              lib = File.join(dir, "gems", File.basename(spec, ".gemspec"), "lib")
              found[spec[/gstorm-([\d.]+)/, 1]&.chomp(".")] ||= lib if File.file?("#{lib}/gstorm/boot.rb")
            end
          end
        end

        def directories
          abi = "#{RUBY_VERSION[/\A\d+\.\d+/]}.0"
          home = ENV["HOME"]
          standard = $LOAD_PATH.grep(%r{/#{Regexp.escape(abi)}\z}).map { |dir| File.join(File.dirname(dir), "gems", abi) }
          [ENV["GEM_HOME"], *ENV["GEM_PATH"].to_s.split(File::PATH_SEPARATOR), *standard, "/var/lib/gems/#{abi}",
           *(home && ["#{home}/.local/share/gem/ruby/#{abi}", "#{home}/.gem/ruby/#{abi}"])].compact.uniq
        end
      end
    end
  end
end
