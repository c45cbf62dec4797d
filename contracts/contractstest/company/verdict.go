package company

import "github.com/goldenpath/platform/contracts"

// InProduction returns the versions of a service that run or are supported
// there. Some have two instances, some have released to devices.
func (s Size) InProduction(service int) []int {
	current := s.Versions - backProduction
	switch {
	case service%20 == 0:
		return []int{current, current + 1}
	case service%25 == 1:
		return []int{current, current + 1, current + 2}
	default:
		return []int{current}
	}
}

// verified says what a provider version said about the pact of a consumer
// version.
func (s Size) verified(consumer, slot, consumerVersion, providerVersion int) contracts.Verdict {
	content := s.contentOf(consumerVersion)
	if providerVersion/perContent != content {
		return contracts.Unknown
	}
	r := s.results(pairOf(consumer, slot), content, providerVersion%perContent)
	switch {
	case r.times == 0:
		return contracts.Unknown
	case r.success:
		return contracts.Yes
	default:
		return contracts.No
	}
}

// MayDeploy answers whether a version may go to production, as the Pact Broker
// does: what nobody verified outweighs what failed.
func (s Size) MayDeploy(service, version int) contracts.Verdict {
	seen := map[contracts.Verdict]bool{}
	for slot := range pactsPerVersion {
		for _, there := range s.InProduction(s.Provider(service, slot)) {
			seen[s.verified(service, slot, version, there)] = true
		}
	}
	for _, consumer := range s.Consumers(service) {
		for slot := range pactsPerVersion {
			if s.Provider(consumer, slot) != service {
				continue
			}
			for _, there := range s.InProduction(consumer) {
				seen[s.verified(consumer, slot, there, version)] = true
			}
		}
	}
	switch {
	case seen[contracts.Unknown]:
		return contracts.Unknown
	case seen[contracts.No]:
		return contracts.No
	default:
		return contracts.Yes
	}
}
