package catalog

import "cmp"

// repository says whether the repository of an entity is there: the platform has
// looked, or its pipelines have sent files from it. That the platform could not
// look says little then, because pipelines send what it may not read.
func (h *examiner) repository(e Entity) Finding {
	f := Finding{Ref: e.Ref(), Check: CheckRepositoryReachable, State: StateUnknown, Source: "nobody looked"}
	address := RepositoryOf(e)
	if address == "" {
		f.Message = "It names no repository."
		f.Hint = "Write the annotation " + AnnotationSourceLocation + ", for example url:https://github.com/acme/" + e.Metadata.Name + "/."
		return f
	}
	check, looked := h.repositories[sameRepository(address)]
	sent := e.Source.Type == LocationPush && sameRepository(e.Source.Target) == sameRepository(address)
	seen := looked && check.Reachable && h.now.Sub(check.CheckedAt) <= repositoryFreshFor
	if sent && !seen {
		return h.sentFrom(e, address, f)
	}
	if !looked {
		f.Message = "Nobody has looked for " + address + " yet."
		return f
	}
	f.Source, f.At = cmp.Or(check.Source, "check")+" of "+check.Address, check.CheckedAt
	switch {
	case !check.Reachable:
		f.State, f.Message = StateFail, cmp.Or(check.Message, address+" cannot be reached.")
		f.Hint = "Correct the address, or give the platform a token that may read it."
	case h.now.Sub(check.CheckedAt) > repositoryFreshFor:
		f.State, f.Message = StateStale, address+" could be reached the last time somebody looked."
	default:
		f.State, f.Message = StatePass, address+" can be reached."
	}
	return f
}

// sentFrom says what it shows that files of a repository were sent. Nobody asks
// the platform to read it, and it may not be allowed to: that is nothing wrong.
func (h *examiner) sentFrom(e Entity, address string, f Finding) Finding {
	at := h.read[e.Source.LocationID]
	switch {
	case h.drafts[e.Source.LocationID]:
		f.Message = "Its file was sent from a work tree of " + address + " before it was committed, so nobody has seen it there."
		f.Hint = "Commit and push the file; then have it read: platform catalog register " + address
		return f
	case at.IsZero():
		f.Message = "Nobody has looked for " + address + " yet."
		return f
	}
	f.Source, f.At = "push from "+e.Source.Target, at
	if h.now.Sub(at) <= sentFreshFor {
		f.State, f.Message = StatePass, "Its file was sent from "+address+"; the platform does not read it itself."
		return f
	}
	f.State, f.Message = StateStale, "Its file was sent from "+address+" long ago; the platform does not read it itself."
	f.Hint = "Send it again: platform catalog push. Or have it read: platform catalog register " + address
	return f
}
