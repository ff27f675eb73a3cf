// Package identity says who is who in a cluster: the certificates by which agents and workers know each other, the key
// that their gossip is encrypted with, what follows from it where there is no TLS, and the tokens of people and programs.
//
// Agents and workers are members: they show a certificate of the cluster's authority that is for one fixed name
// (MemberName), whatever their address is at the moment, for addresses of machines and pods change. Everybody else is a
// visitor: sees the certificate, shows none, and says by a token what they may do.
//
// Files that can change while an agent runs (certificates, tokens) are looked at anew whenever they are used. If they have
// become unreadable, what they held before goes on and the log says so: a file that is half saved locks nobody out.
package identity
