// Package live runs services of the golden path go-http for real: with
// PostgreSQL and a replica, Redis, Prometheus, a receiver of traces and vegeta's
// load, and takes away from them one after the other what they need. All of it is
// a test that takes minutes, so "make proof" asks for it with the tag proof.
package live
