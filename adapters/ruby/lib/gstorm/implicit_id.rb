# frozen_string_literal: true

module Gstorm
  # The id that a component, and the name that a topology has, when none is given: RedStorm's rule to the letter, quirks
  # included (ParseJSON is parse_js_on), because these ids are written in `source 'id'`.
  module ImplicitId
    module_function

    def of(name)
      name.to_s.split("::").last.to_s.gsub(/(.)([A-Z])/, '\1_\2').downcase
    end
  end
end
