// Package chaos has tests only: clusters of real agents, each in a network namespace of its own, whose machines lose power,
// freeze and lose each other, while topologies run that write down what every task has done and when. The short ones run
// with all tests; those that take minutes by `make chaos`.
package chaos
