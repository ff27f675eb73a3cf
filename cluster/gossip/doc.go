// Package gossip says which agents are there: hashicorp/memberlist, with gstorm's view of a member. Nothing else imports
// memberlist.
//
// It only tells. A member that is not heard of any more has Failed after some seconds; whether its workers still run, and
// when they may be started elsewhere, is not for gossip to say (see package lease). No data goes through it either: all
// that an agent tells of itself is its Meta, which is smaller than memberlist's limit.
package gossip
