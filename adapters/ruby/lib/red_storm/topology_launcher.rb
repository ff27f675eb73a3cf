# frozen_string_literal: true

# RedStorm's launcher; gstorm is it now. Files that require it want what it defined on the way.
require "red_storm"
