package gstorm

// Values are the values of one tuple, in the order of its stream's fields. What may stand in it is what JSON can carry:
// nil, bool, all integer and float types, json.Number, string, []any and map[string]any, nested as deep as you like.
// A tuple's values are shared by all tasks that get it: never change them after emitting them.
type Values []any
