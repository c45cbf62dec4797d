package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/pact"
)

// maxAsked is the size of the largest request for a provider state or a message.
const maxAsked = 16 << 20

// relayTo passes requests on below the provider's address, with the headers of job.
func relayTo(provider *url.URL, job pact.Job, redirects redirects, notes *notes) http.Handler {
	missing := func(r *http.Request, why string, begun bool) {
		path := strings.TrimPrefix(r.URL.Path, strings.TrimRight(provider.Path, "/"))
		notes.noAnswer(pact.NoAnswer{Method: r.Method, Path: path, Why: why, Begun: begun})
	}
	proxy := relay(job, notes, func(r *httputil.ProxyRequest) { r.SetURL(provider) }, missing)
	hold := redirects.hold(provider) //nolint:bodyclose // the proxy closes it
	proxy.ModifyResponse = func(answer *http.Response) error {
		notes.asked(answer.Request.URL.Host, nil)
		watch(answer, job, notes, func(why string) { missing(answer.Request, why, true) })
		return hold(answer)
	}
	return proxy
}

// relayOne passes requests on to exactly one address, and has note told which of
// them went wrong: those for provider states name a state, those for messages the
// description of one. libpact only says that something could not be done.
func relayOne(address *url.URL, job pact.Job, notes *notes, name string, note func(name, why string, answered bool)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAsked))
		if err != nil {
			http.Error(w, "the request could not be read", http.StatusBadRequest)
			return
		}
		var asked map[string]any
		if err := json.Unmarshal(body, &asked); err != nil {
			log.Printf("[WARN] a request about a %s is not JSON: %v", name, err)
		}
		what, _ := asked[name].(string)
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy := relay(job, notes, func(r *httputil.ProxyRequest) {
			to := *address
			r.Out.URL, r.Out.Host = &to, ""
		}, func(_ *http.Request, why string, begun bool) {
			if begun {
				why = brokeOff(why)
			}
			note(what, why, begun)
		})
		proxy.ModifyResponse = func(answer *http.Response) error {
			notes.asked(answer.Request.URL.Host, nil)
			if answer.StatusCode >= http.StatusMultipleChoices {
				note(what, "it answered "+answer.Status, true)
				answer.Header.Del("Location") // libpact would take what it leads to for the provider
				return nil
			}
			watch(answer, job, notes, func(why string) { note(what, brokeOff(why), true) })
			return nil
		}
		proxy.ServeHTTP(w, r)
	})
}

func relay(job pact.Job, notes *notes, direct func(*httputil.ProxyRequest), noAnswer func(r *http.Request, why string, begun bool)) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		// Uncompressed unless the pact asks for it: the provider must see the pact's headers.
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			direct(r)
			// A pact may speak of these; the proxy has taken them away.
			for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if values := r.In.Header.Values(name); len(values) > 0 {
					r.Out.Header[name] = slices.Clone(values)
				}
			}
			for name, value := range job.Headers {
				r.Out.Header.Set(name, value)
			}
			if host := r.Out.Header.Get("Host"); host != "" {
				r.Out.Host = host
			}
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			log.Printf("[ERROR] %q %q: %v", r.Method, r.URL.Redacted(), err) //nolint:gosec // quoted
			switch {
			case isLate(r.Context()):
				notes.late()
				hangUp(w)
				return
			case cannotReach(err):
				notes.unreachable(err.Error())
			case errors.Is(err, context.Canceled): // libpact hung up first
				noAnswer(r, fmt.Sprintf("none came within %s", job.RequestTimeout), false)
			case isBegun(err):
				noAnswer(r, io.ErrUnexpectedEOF.Error(), true)
				err = nil
			default:
				noAnswer(r, err.Error(), false)
			}
			notes.asked(r.URL.Host, err)
			hangUp(w)
		},
	}
}

// cannotReach tells a provider that is not there from one that gave no answer to
// a request that reached it.
func cannotReach(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &dns) || errors.As(err, &certificate) || errors.As(err, &record)
}

// hangUp closes the connection without an answer, as the provider did. A status
// of ours would be compared with what the pact expects of the provider.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}
