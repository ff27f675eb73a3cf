# frozen_string_literal: true

require "gstorm/position"
require "gstorm/problem"

module Gstorm
  # An exception that came out of a user's file, as one problem with file and line.
  module LoadProblem
    module_function

    def of(error)
      case error
      when SyntaxError then syntax_error(error)
      when LoadError then load_error(error)
      when SystemExit then Problem.error("the file ended the process with exit(#{error.status})", at: Position.of_error(error))
      when Error then Problem.error(error.message, at: Position.of_error(error))
      else exception(error)
      end
    end

    # Ruby says "file:line: text" and then shows the code. Before that, some versions say "file: --> file".
    def syntax_error(error)
      _, file, line, text = *error.message.match(/^(.+?):(\d+):\s*(.+)$/)
      return Problem.error("syntax error: #{error.message.lines.first&.strip}") unless file

      text = text.sub(/\s*\(SyntaxError\)\z/, "").sub(/\Asyntax errors? found\z/) { detail(error.message) }
      text = "syntax error: #{text}" unless text.start_with?("syntax error")
      Problem.error(text, at: Position.at(file, line.to_i))
    end

    # Newer Rubies put what is wrong below the code: "    | ^ unexpected ...".
    def detail(message) = message[/^\s*\|\s*\^+~*\s*(.+)$/, 1] || "syntax error"

    def load_error(error)
      path = error.path
      return exception(error) unless path

      if path.start_with?("/", ".") || path.include?("/") && File.directory?(path.split("/").first)
        Problem.error("can't load the file #{path}", at: Position.of_error(error))
      else
        gem = path.split("/").first
        message = "the gem or library #{gem} is missing (require \"#{path}\")"
        Problem.error(message, at: Position.of_error(error), hint: gem_hint(gem))
      end
    end

    def gem_hint(gem)
      ENV["BUNDLE_GEMFILE"] || File.exist?("Gemfile") ? "add #{gem} to the Gemfile and run: bundle install" : "gem install #{gem}"
    end

    def exception(error)
      message = error.message.to_s.strip
      message = nil if message.empty? || message == error.class.name
      Problem.error([error.class, message].compact.join(": "), at: Position.of_error(error))
    end
  end
end
