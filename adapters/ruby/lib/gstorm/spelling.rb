# frozen_string_literal: true

module Gstorm
  # "did you mean": only ever used while an error is being put into words.
  module Spelling
    module_function

    # The word of the dictionary that is nearest to the given one, or nil.
    def nearest(word, dictionary)
      require "did_you_mean"
      DidYouMean::SpellChecker.new(dictionary: dictionary.map(&:to_s)).correct(word.to_s).first
    rescue LoadError
      nil
    end

    # "" or ", did you mean x?"
    def suggestion(word, dictionary)
      near = nearest(word, dictionary)
      near ? ", did you mean #{near}?" : ""
    end
  end
end
